import { changeRate, counterFrom } from './counter.ts';
import type { GuestMemory } from './guestMemory.ts';
import { beginMirror } from './mirror.ts';
import { progressBehind } from './postCopy.ts';
import { allPages } from './synchronise.ts';
import { allSent, settled, stepDueMs, takeStep, writeSpeed } from './transferSteps.ts';
import type {
  Advanced,
  GuestPace,
  Transfer,
  TransferCosts,
  TransferEvent,
  TransferPhase,
  TransferRate,
  TransferSettings,
} from './transferTypes.ts';

// A migration's transfer as a pure machine. It never ticks: it says when its next event is, may be advanced to any
// moment, and comes out the same whichever steps it was advanced in. Every change from outside takes its moment,
// advances to it first, and gives back what happened up to then. A change that does not fit the phase changes nothing.
// What an event asks of the world (a throttle, a lifted cap) is to be answered before it is advanced further.

/** Of a KVM host; docs/simulation.md says where each is from. */
export const defaultCosts: TransferCosts = {
  setupMs: 40,
  switchMs: 25,
  variation: 0.3,
  threadBytesPerSecond: 2e9,
  scanBytesPerSecond: 8e9,
  firstTouchBytesPerSecond: 1.5e9,
  wakeMs: 0.6,
  faultMs: 1,
};

export function beginTransfer(
  settings: TransferSettings,
  memory: GuestMemory,
  rate: TransferRate,
  pace: GuestPace,
  atMs: number,
): Transfer {
  return {
    settings,
    memory,
    phase: 'setup',
    beganMs: atMs,
    phaseSinceMs: atMs,
    rate,
    pace,
    mirror: beginMirror(settings.diskBytes, atMs),
    sending: {
      atMs,
      windowMs: atMs,
      usedBytes: 0,
      sentBytes: 0,
      pages: allPages(memory),
      bandwidthBytesPerSecond: 0,
      thresholdBytes: 0,
    },
    written: counterFrom(atMs),
    synchronisations: 0,
    round: { sinceMs: atMs, sentBytes: 0, lastBytes: 0 },
    period: { sinceMs: atMs, sentBytes: 0, dirtiedBytes: 0, pagesPerSecond: 0 },
    convergence: { throttlePercent: 0, highPeriods: 0 },
    postCopyAsked: false,
  };
}

/** When `advanceTransfer` next has something to tell; undefined while nothing happens by itself. */
export function nextTransferEvent(transfer: Transfer): number | undefined {
  return stepDueMs(transfer);
}

export function advanceTransfer(transfer: Transfer, toMs: number): Advanced {
  const events: TransferEvent[] = [];
  let now = transfer;
  for (;;) {
    const due = stepDueMs(now);
    if (due === undefined || due > toMs) return { transfer: now, events };
    const step = takeStep(now, due);
    now = step.transfer;
    events.push(...step.events);
  }
}

/** The network gives it another rate from this moment on. The same rate again changes nothing. */
export function setTransferRate(transfer: Transfer, atMs: number, rate: TransferRate): Advanced {
  const advanced = advanceTransfer(transfer, atMs);
  const { rate: before } = advanced.transfer;
  if (
    rate.bytesPerSecond === before.bytesPerSecond &&
    rate.burstBytesPerSecond === before.burstBytesPerSecond
  ) {
    return advanced;
  }
  return { transfer: { ...settled(advanced.transfer, atMs), rate }, events: advanced.events };
}

/** The guest works faster or slower from this moment on: its CPU share, a pause, a throttle, other disk writes. */
export function setGuestPace(transfer: Transfer, atMs: number, pace: GuestPace): Advanced {
  const advanced = advanceTransfer(transfer, atMs);
  const { transfer: now, events } = advanced;
  const sameDisk = pace.diskWriteBytesPerSecond === now.pace.diskWriteBytesPerSecond;
  if (sameDisk && pace.memory === now.pace.memory) return advanced;
  // Memory writes alone leave what is being sent as it is; disk writes share the link with it.
  const shares = now.phase === 'pre-copy' && (sameDisk || now.mirror.totalBytes <= 0);
  const changed = { ...(shares ? now : settled(now, atMs)), pace };
  return {
    transfer:
      now.phase === 'pre-copy'
        ? { ...changed, written: changeRate(now.written, atMs, writeSpeed(changed)) }
        : changed,
    events,
  };
}

/** From the end of the present window of 100 ms on, as in QEMU; other rules have none. */
export function setDowntimeLimit(transfer: Transfer, atMs: number, downtimeLimitMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  const { stop: before } = now.settings;
  const stop = before.kind === 'qemu' ? { ...before, downtimeLimitMs } : before;
  return { transfer: { ...settled(now, atMs), settings: { ...now.settings, stop } }, events };
}

/**
 * Asks for post-copy: the guest stops and switches at once, or as soon as memory is under way. Changes nothing where
 * the settings do not allow it or the guest has stopped already.
 */
export function startPostCopy(transfer: Transfer, atMs: number): Advanced {
  const advanced = advanceTransfer(transfer, atMs);
  const { transfer: now, events } = advanced;
  if (!now.settings.postCopy || !runsAtSource(now.phase)) return advanced;
  const asked: Transfer = { ...settled(now, atMs), postCopyAsked: true };
  if (now.phase !== 'pre-copy') return { transfer: asked, events };
  const stopped = takeStep(asked, atMs);
  return { transfer: stopped.transfer, events: [...events, ...stopped.events] };
}

/** The destination has been told to start the guest. Only after `handed-over`. */
export function guestStarted(transfer: Transfer, atMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  if (now.phase !== 'handed-over') return { transfer: now, events };
  const started: Transfer = { ...settled(now, atMs), phaseSinceMs: atMs, startedMs: atMs };
  if (!allSent(started)) return { transfer: { ...started, phase: 'post-copy' }, events };
  return {
    transfer: { ...started, phase: 'completed', endedMs: atMs },
    events: [...events, { atMs, kind: 'completed', downtimeMs: atMs - (now.stoppedMs ?? atMs) }],
  };
}

/**
 * The operator calls it off and the guest goes on at the source. Not once it has been switched to post-copy, and not
 * once it runs at the destination.
 */
export function abortTransfer(transfer: Transfer, atMs: number): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  const tooLate = now.behind !== undefined || hasEnded(now.phase);
  if (tooLate) return { transfer: now, events };
  return {
    transfer: { ...settled(now, atMs), phase: 'cancelled', phaseSinceMs: atMs, endedMs: atMs },
    events: [...events, { atMs, kind: 'cancelled' }],
  };
}

/**
 * The connection broke or an end died. Before the hand-over it has failed and the guest goes on at the source, if that
 * is alive; in post-copy it is paused, and the guest needs both ends. Where nothing is left to send it does no harm.
 */
export function breakTransfer(transfer: Transfer, atMs: number, cause: string): Advanced {
  const { transfer: now, events } = advanceTransfer(transfer, atMs);
  if (hasEnded(now.phase) || now.phase === 'post-copy-paused') return { transfer: now, events };
  const handedOver = now.handedOverMs !== undefined;
  if (handedOver && allSent(now)) return { transfer: now, events };
  const broken: Transfer = { ...settled(now, atMs), phaseSinceMs: atMs, cause };
  return handedOver
    ? {
        transfer: { ...broken, phase: 'post-copy-paused' },
        events: [...events, { atMs, kind: 'post-copy-paused', cause }],
      }
    : {
        transfer: { ...broken, phase: 'failed', endedMs: atMs },
        events: [...events, { atMs, kind: 'failed', cause }],
      };
}

/** Post-copy goes on over a new connection. Only in `post-copy-paused`. */
export function resumePostCopy(transfer: Transfer, atMs: number): Advanced {
  if (transfer.phase !== 'post-copy-paused') return advanceTransfer(transfer, atMs);
  const { cause: _mended, ...rest } = transfer;
  const resumed: Transfer = {
    ...rest,
    phase: transfer.startedMs === undefined ? 'handed-over' : 'post-copy',
    phaseSinceMs: atMs,
    sending: { ...transfer.sending, atMs },
  };
  return { transfer: resumed, events: [{ atMs, kind: 'pace' }] };
}

/** What to ask the network for: undefined while it sends nothing. */
export function transferFlow(transfer: Transfer): { readonly capBytesPerSecond?: number } | undefined {
  switch (transfer.phase) {
    case 'mirror':
    case 'pre-copy': {
      const cap = transfer.round.bytesPerSecond ?? transfer.settings.bandwidthCapBytesPerSecond;
      return cap === undefined ? {} : { capBytesPerSecond: cap };
    }
    case 'stop-and-copy':
    case 'post-copy':
      return {};
    case 'handed-over':
      return allSent(transfer) ? undefined : {};
    case 'setup':
    case 'post-copy-paused':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return undefined;
    default:
      return transfer.phase satisfies never;
  }
}

/** The throttle of auto-converge that lies on the guest at the source now, percent of its time. */
export function throttlePercent(transfer: Transfer): number {
  return transfer.phase === 'pre-copy' ? transfer.convergence.throttlePercent : 0;
}

/** The guest's speed beside what its CPU share gives: below 1 while post-copy makes it wait for pages, 0 where none comes. */
export function guestProgress(transfer: Transfer): number {
  switch (transfer.phase) {
    case 'post-copy':
      return transfer.rate.burstBytesPerSecond > 0 ? progressBehind(transfer) : 0;
    case 'post-copy-paused':
      return 0;
    default:
      return 1;
  }
}

function runsAtSource(phase: TransferPhase): boolean {
  return phase === 'setup' || phase === 'mirror' || phase === 'pre-copy';
}

function hasEnded(phase: TransferPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}
