import { counterFrom } from './counter.ts';
import type { GuestMemory } from './guestMemory.ts';
import type {
  Advanced,
  GuestPace,
  Transfer,
  TransferCosts,
  TransferEvent,
  TransferRate,
  TransferSettings,
} from './transferTypes.ts';

// A migration's transfer as a pure machine. It never ticks: it says when its next event is, may be advanced to any
// moment, and comes out the same whichever steps it was advanced in. Every change from outside takes its moment,
// advances to it first, and gives back what happened up to then. A change that does not fit the phase changes nothing.

/** Of a KVM host; docs/simulation.md says where each is from. */
export const defaultCosts: TransferCosts = {
  setupMs: 40,
  switchMs: 25,
  variation: 0.3,
  threadBytesPerSecond: 2e9,
  scanBytesPerSecond: 8e9,
  firstTouchBytesPerSecond: 5e8,
  faultMs: 1,
};

export function beginTransfer(
  settings: TransferSettings,
  memory: GuestMemory,
  rate: TransferRate,
  pace: GuestPace,
  atMs: number,
): Transfer {
  const { touchedBytes, totalBytes, writes } = memory;
  return {
    settings,
    memory,
    phase: 'setup',
    beganMs: atMs,
    phaseSinceMs: atMs,
    rate,
    pace,
    mirror: {
      totalBytes: settings.diskBytes,
      sinceMs: atMs,
      remainingBytes: settings.diskBytes,
      sentBytes: 0,
      ready: settings.diskBytes === 0,
    },
    sending: {
      sinceMs: atMs,
      pages: {
        zero: totalBytes - touchedBytes,
        cold: touchedBytes - writes.workingSetBytes,
        hot: writes.workingSetBytes,
      },
      sentBytes: 0,
      owedBytes: 0,
    },
    written: counterFrom(atMs),
    synchronisations: 0,
    synchronisedMs: atMs,
    thresholdBytes: 0,
    period: { sinceMs: atMs, sentBytes: 0, dirtiedBytes: 0, pagesPerSecond: 0 },
    convergence: { throttlePercent: 0, highPeriods: 0 },
    postCopyAsked: false,
  };
}

/** When `advanceTransfer` next has something to tell; undefined while nothing happens by itself. */
export function nextTransferEvent(transfer: Transfer): number | undefined {
  switch (transfer.phase) {
    case 'setup':
      return transfer.phaseSinceMs + transfer.settings.costs.setupMs;
    case 'pre-copy':
      return transfer.rate.bytesPerSecond <= 0
        ? undefined
        : transfer.phaseSinceMs + (transfer.memory.touchedBytes / transfer.rate.bytesPerSecond) * 1000;
    case 'stop-and-copy':
      return transfer.phaseSinceMs + transfer.settings.costs.switchMs;
    default:
      return undefined;
  }
}

export function advanceTransfer(transfer: Transfer, toMs: number): Advanced {
  const events: TransferEvent[] = [];
  let now = transfer;
  for (;;) {
    const next = nextTransferEvent(now);
    if (next === undefined || next > toMs) return { transfer: now, events };
    switch (now.phase) {
      case 'setup':
        now = { ...now, phase: 'pre-copy', phaseSinceMs: next, synchronisations: 1 };
        events.push({ atMs: next, kind: 'round', round: 1 });
        break;
      case 'pre-copy':
        now = { ...now, phase: 'stop-and-copy', phaseSinceMs: next, stoppedMs: next };
        events.push({ atMs: next, kind: 'stopped', postCopy: false });
        break;
      default:
        now = { ...now, phase: 'handed-over', phaseSinceMs: next, handedOverMs: next };
        events.push({ atMs: next, kind: 'handed-over', postCopy: false });
    }
  }
}

/** The network gives it another rate from this moment on. The same rate again changes nothing. */
export function setTransferRate(transfer: Transfer, atMs: number, rate: TransferRate): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return { transfer: { ...now, rate }, events };
}

/** The guest works faster or slower from this moment on: its CPU share, a pause, a throttle, other disk writes. */
export function setGuestPace(transfer: Transfer, atMs: number, pace: GuestPace): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return { transfer: { ...now, pace }, events };
}

/** From the next window of 100 ms on, as in QEMU. */
export function setDowntimeLimit(transfer: Transfer, atMs: number, downtimeLimitMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return {
    transfer: { ...now, settings: { ...now.settings, stop: { kind: 'qemu', downtimeLimitMs } } },
    events,
  };
}

/** Asks for post-copy; the guest stops and switches at once. Only in pre-copy, and where the settings allow it. */
export function startPostCopy(transfer: Transfer, atMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return { transfer: { ...now, postCopyAsked: true }, events };
}

/** The destination has been told to start the guest. Only after `handed-over`. */
export function guestStarted(transfer: Transfer, atMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  if (now.phase !== 'handed-over') return { transfer: now, events };
  return {
    transfer: { ...now, phase: 'completed', phaseSinceMs: atMs, startedMs: atMs, endedMs: atMs },
    events: [...events, { atMs, kind: 'completed', downtimeMs: atMs - (now.stoppedMs ?? atMs) }],
  };
}

/** The operator calls it off. Before the hand-over the guest goes on at the source; after it nothing can be called off. */
export function abortTransfer(transfer: Transfer, atMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return {
    transfer: { ...now, phase: 'cancelled', phaseSinceMs: atMs, endedMs: atMs },
    events: [...events, { atMs, kind: 'cancelled' }],
  };
}

/**
 * The connection broke or an end died. Before the hand-over it has failed and the guest goes on at the source, if
 * that is alive; in post-copy it is paused, and the guest needs both ends.
 */
export function breakTransfer(transfer: Transfer, atMs: number, cause: string): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  return {
    transfer: { ...now, phase: 'failed', phaseSinceMs: atMs, endedMs: atMs, cause },
    events: [...events, { atMs, kind: 'failed', cause }],
  };
}

/** Post-copy goes on over a new connection. Only in `post-copy-paused`. */
export function resumePostCopy(transfer: Transfer, atMs: number): Advanced {
  return advanceTransfer(transfer, atMs);
}

/** What to ask the network for: undefined while it sends nothing. */
export function transferFlow(transfer: Transfer): { readonly capBytesPerSecond?: number } | undefined {
  switch (transfer.phase) {
    case 'mirror':
    case 'pre-copy': {
      const cap = transfer.settings.bandwidthCapBytesPerSecond;
      return cap === undefined ? {} : { capBytesPerSecond: cap };
    }
    case 'stop-and-copy':
    case 'post-copy':
      return {};
    default:
      return undefined;
  }
}

/** The throttle of auto-converge that lies on the guest at the source now, percent of its time. */
export function throttlePercent(transfer: Transfer): number {
  return transfer.phase === 'pre-copy' ? transfer.convergence.throttlePercent : 0;
}

/** The guest's speed beside what its CPU share gives: below 1 while post-copy makes it wait for pages. */
export function guestProgress(transfer: Transfer, _atMs: number): number {
  return transfer.phase === 'post-copy-paused' ? 0 : 1;
}
