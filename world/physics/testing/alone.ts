import type { GuestMemory } from '../guestMemory.ts';
import {
  advanceTransfer,
  beginTransfer,
  defaultCosts,
  guestStarted,
  nextTransferEvent,
  setGuestPace,
  throttlePercent,
} from '../transfer.ts';
import type { Transfer, TransferEvent, TransferRate, TransferSettings } from '../transferTypes.ts';

export const MiB = 2 ** 20;

/** Of no machine: set-up and switch-over take nothing, and nothing but the link is in the way. */
export const noCosts = {
  setupMs: 0,
  switchMs: 0,
  variation: 0,
  threadBytesPerSecond: 1e15,
  scanBytesPerSecond: 1e15,
  firstTouchBytesPerSecond: 1e15,
  wakeMs: 0,
  faultMs: 1,
};

export function settingsWith(settings: Partial<TransferSettings> = {}): TransferSettings {
  return {
    stream: 1,
    stop: { kind: 'qemu', downtimeLimitMs: 300 },
    autoConverge: false,
    postCopy: false,
    diskBytes: 0,
    costs: { ...defaultCosts, variation: 0 },
    ...settings,
  };
}

export function memoryOf(
  totalMiB: number,
  writes: Partial<GuestMemory['writes']> = {},
  touchedMiB = totalMiB,
): GuestMemory {
  return {
    totalBytes: totalMiB * MiB,
    touchedBytes: touchedMiB * MiB,
    writes: { workingSetBytes: 0, bytesPerSecond: 0, pattern: { kind: 'uniform' }, ...writes },
  };
}

export function atRate(bytesPerSecond: number, burstBytesPerSecond = bytesPerSecond): TransferRate {
  return { bytesPerSecond, burstBytesPerSecond };
}

export interface Run {
  readonly transfer: Transfer;
  readonly events: readonly TransferEvent[];
  readonly endMs: number;
}

/**
 * One migration alone on a link, with a busy guest that the throttle slows, told to start as soon as it is handed over;
 * until its end or `untilMs`.
 */
export function runAlone(
  settings: TransferSettings,
  memory: GuestMemory,
  rate: TransferRate,
  untilMs = 3_600_000,
  diskWriteBytesPerSecond = 0,
): Run {
  const events: TransferEvent[] = [];
  let transfer = beginTransfer(settings, memory, rate, { memory: 1, diskWriteBytesPerSecond }, 0);
  for (;;) {
    const next = nextTransferEvent(transfer);
    if (next === undefined || next > untilMs) {
      const advanced = advanceTransfer(transfer, untilMs);
      return { transfer: advanced.transfer, events, endMs: advanced.transfer.endedMs ?? untilMs };
    }
    const step = advanceTransfer(transfer, next);
    events.push(...step.events);
    transfer = setGuestPace(step.transfer, next, {
      memory: 1 - throttlePercent(step.transfer) / 100,
      diskWriteBytesPerSecond,
    }).transfer;
    if (transfer.phase === 'handed-over' && transfer.startedMs === undefined) {
      const started = guestStarted(transfer, next);
      events.push(...started.events);
      transfer = started.transfer;
    }
  }
}
