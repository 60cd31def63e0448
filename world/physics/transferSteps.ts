import { changeRate, counterFrom } from './counter.ts';
import { mirrorAt, mirrorBesideMemory, mirrorReadyMs, mirrorTakes } from './mirror.ts';
import { beginBehind, nextTenth, sentBehind, tenthEndsMs } from './postCopy.ts';
import { noiseBetween } from './random.ts';
import { drained, type Pipe, pageSpeed, send, totalOf } from './sending.ts';
import { rateOfRound, type StopLook, slowedBy, stopsNow } from './stopRule.ts';
import { synchronise } from './synchronise.ts';
import type { Advanced, Transfer, TransferEvent } from './transferTypes.ts';

// The steps a transfer takes by itself. Between two steps nothing of it is written: what stands at a moment is worked
// out from the last step (`settled`), so that it hangs on no one's looking.

/** When the next step is due; undefined while there is none. */
export function stepDueMs(transfer: Transfer): number | undefined {
  switch (transfer.phase) {
    case 'setup':
      return transfer.phaseSinceMs + setupMs(transfer);
    case 'mirror':
      return mirrorReadyMs(
        transfer.mirror,
        transfer.pace.diskWriteBytesPerSecond,
        transfer.rate.bytesPerSecond,
      );
    case 'pre-copy':
      if (transfer.postCopyAsked) return transfer.phaseSinceMs;
      return send(transfer.sending, pipeOf(transfer), Number.POSITIVE_INFINITY)?.sending.atMs;
    case 'stop-and-copy': {
      const copying = lastPartMs(transfer);
      return copying === undefined ? undefined : transfer.sending.atMs + copying + switchMs(transfer);
    }
    case 'handed-over':
    case 'post-copy':
      return transfer.behind === undefined || allSent(transfer) ? undefined : tenthEndsMs(transfer);
    case 'post-copy-paused':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return undefined;
    default:
      return transfer.phase satisfies never;
  }
}

/** The step that is due at `atMs`. */
export function takeStep(transfer: Transfer, atMs: number): Advanced {
  switch (transfer.phase) {
    case 'setup':
      return transfer.mirror.ready
        ? beginMemory(transfer, atMs)
        : {
            transfer: {
              ...transfer,
              phase: 'mirror',
              phaseSinceMs: atMs,
              mirror: { ...transfer.mirror, sinceMs: atMs },
            },
            events: [],
          };
    case 'mirror': {
      const copied = mirrorAt(
        transfer.mirror,
        transfer.pace.diskWriteBytesPerSecond,
        transfer.rate.bytesPerSecond,
        atMs,
      );
      const mirror = { ...copied, remainingBytes: 0, ready: true };
      const { transfer: begun, events } = beginMemory({ ...transfer, mirror }, atMs);
      return { transfer: begun, events: [{ atMs, kind: 'mirrored' }, ...events] };
    }
    case 'pre-copy':
      return transfer.postCopyAsked ? stopGuest(settled(transfer, atMs), atMs, true) : look(transfer, atMs);
    case 'stop-and-copy':
      return handOver(transfer, atMs);
    case 'handed-over':
    case 'post-copy':
      return behindStep(nextTenth(transfer, atMs), atMs);
    default:
      return { transfer, events: [] };
  }
}

/** As it stands at a moment before its next step is due. */
export function settled(transfer: Transfer, atMs: number): Transfer {
  switch (transfer.phase) {
    case 'mirror':
      return {
        ...transfer,
        mirror: mirrorAt(
          transfer.mirror,
          transfer.pace.diskWriteBytesPerSecond,
          transfer.rate.bytesPerSecond,
          atMs,
        ),
      };
    case 'pre-copy': {
      const sent = send(transfer.sending, pipeOf(transfer), atMs);
      return {
        ...transfer,
        mirror: mirrorBeside(transfer, atMs),
        sending: sent?.sending ?? transfer.sending,
      };
    }
    case 'stop-and-copy':
      return lastPartAt(transfer, atMs);
    case 'handed-over':
    case 'post-copy':
      return transfer.behind === undefined || allSent(transfer) ? transfer : sentBehind(transfer, atMs);
    default:
      return transfer;
  }
}

export function setupMs({ settings: { costs, stream } }: Transfer): number {
  return costs.setupMs * noiseBetween(stream, 0, 1 - costs.variation, 1 + costs.variation);
}

function switchMs({ settings: { costs, stream } }: Transfer): number {
  return costs.switchMs * noiseBetween(stream, 1, 1 - costs.variation, 1 + costs.variation);
}

export function allSent(transfer: Transfer): boolean {
  return totalOf(transfer.sending.pages) <= 0;
}

/** Bytes a second that the guest writes to memory at its present pace. */
export function writeSpeed({ memory, pace }: Transfer): number {
  return memory.writes.bytesPerSecond * pace.memory;
}

function pipeOf(transfer: Transfer): Pipe {
  const { rate, settings, mirror, pace, round } = transfer;
  const { bandwidthCapBytesPerSecond, costs, stop, compression } = settings;
  const cap = round.bytesPerSecond ?? bandwidthCapBytesPerSecond;
  // Where the link gives less than the cap, sending never sleeps; where it gives the cap, it is faster within a burst.
  const atCap = cap !== undefined && rate.bytesPerSecond >= cap * (1 - 1e-9);
  const disk = mirrorTakes(mirror, pace.diskWriteBytesPerSecond, atCap ? cap : rate.bytesPerSecond);
  return {
    bytesPerSecond: Math.max(0, (atCap ? rate.burstBytesPerSecond : rate.bytesPerSecond) - disk),
    ...(cap === undefined ? {} : { budgetBytes: (cap - disk) / 10 }),
    costs,
    stop,
    ...(compression === undefined ? {} : { compression }),
    firstRound: transfer.synchronisations <= 1,
  };
}

function beginMemory(transfer: Transfer, atMs: number): Advanced {
  return {
    transfer: {
      ...transfer,
      phase: 'pre-copy',
      phaseSinceMs: atMs,
      sending: { ...transfer.sending, atMs, windowMs: atMs },
      written: changeRate(counterFrom(atMs), atMs, writeSpeed(transfer)),
      synchronisations: 1,
      round: roundFrom(transfer, atMs, undefined),
      period: { ...transfer.period, sinceMs: atMs },
    },
    events: [{ atMs, kind: 'round', round: 1 }],
  };
}

/** The remainder has become small: what became dirty meanwhile is added, and the rule decides. */
function look(transfer: Transfer, atMs: number): Advanced {
  const looking = settled(transfer, atMs);
  const { thresholdBytes } = looking.sending;
  // QEMU does not look again where it has measured nothing yet and all is sent.
  if (looking.settings.stop.kind === 'qemu' && allSent(looking) && thresholdBytes <= 0) {
    return stopGuest(looking, atMs, false);
  }
  const synchronised = synchronise(looking, atMs);
  const stopLook = lookOf(synchronised, thresholdBytes);
  const { convergence } = synchronised;
  const slowed = slowedBy(synchronised.settings.stop, stopLook, convergence.throttlePercent);
  const seen: Transfer = {
    ...synchronised,
    convergence: { ...convergence, throttlePercent: slowed },
    round: roundFrom(
      synchronised,
      atMs,
      totalOf(synchronised.sending.pages) - totalOf(looking.sending.pages),
    ),
  };
  const events: TransferEvent[] = [{ atMs, kind: 'round', round: seen.synchronisations }];
  const percent = seen.convergence.throttlePercent;
  if (percent !== looking.convergence.throttlePercent) events.push({ atMs, kind: 'throttled', percent });
  if (!stopsNow(seen.settings.stop, stopLook)) {
    return { transfer: seen, events };
  }
  const stopped = stopGuest(seen, atMs, false);
  return { transfer: stopped.transfer, events: [...events, ...stopped.events] };
}

function lookOf(
  { sending, round, settings, memory, synchronisations, rate }: Transfer,
  thresholdBytes: number,
): StopLook {
  const { stop } = settings;
  const fastest = stop.kind === 'xen' ? stop.adaptive?.mostBytesPerSecond : undefined;
  return {
    remainingBytes: totalOf(sending.pages),
    thresholdBytes,
    // The first look begins round 1.
    rounds: synchronisations - 1,
    memoryBytes: memory.totalBytes,
    sentBytes: sending.sentBytes,
    roundBytes: sending.sentBytes - round.sentBytes,
    lastRoundBytes: round.lastBytes,
    bytesPerSecond: rate.bytesPerSecond,
    isFastest: fastest === undefined || (round.bytesPerSecond ?? 0) >= fastest,
  };
}

/** The round that begins, after one in which so much became dirty. */
function roundFrom({ sending, round, settings }: Transfer, atMs: number, dirtiedBytes: number | undefined) {
  const bytesPerSecond = rateOfRound(
    settings.stop,
    dirtiedBytes === undefined ? undefined : { dirtiedBytes, lastedMs: atMs - round.sinceMs },
  );
  return {
    sinceMs: atMs,
    sentBytes: sending.sentBytes,
    lastBytes: sending.sentBytes - round.sentBytes,
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  };
}

function stopGuest(transfer: Transfer, atMs: number, postCopy: boolean): Advanced {
  const seen = synchronise(transfer, atMs);
  const stopped: Transfer = {
    ...seen,
    phase: 'stop-and-copy',
    phaseSinceMs: atMs,
    stoppedMs: atMs,
    written: counterFrom(atMs),
  };
  return {
    transfer: postCopy ? { ...stopped, behind: beginBehind(stopped) } : stopped,
    events: [
      { atMs, kind: 'stopped', postCopy },
      { atMs, kind: 'round', round: seen.synchronisations },
    ],
  };
}

/** What the copying of the last part takes, from the anchor on; undefined where the link carries nothing. */
function lastPartMs(transfer: Transfer): number | undefined {
  const { rate, behind, sending, mirror } = transfer;
  if (rate.burstBytesPerSecond <= 0) return undefined;
  const disk = mirror.remainingBytes / rate.burstBytesPerSecond;
  const bytes = behind === undefined ? totalOf(sending.pages) : 0;
  return ((bytes <= 0 ? 0 : bytes / lastPartSpeed(transfer).perSecond) + disk) * 1000;
}

function lastPartSpeed({ sending, rate, settings, synchronisations }: Transfer) {
  return pageSpeed(sending.pages, {
    bytesPerSecond: rate.burstBytesPerSecond,
    costs: settings.costs,
    ...(settings.compression === undefined ? {} : { compression: settings.compression }),
    // The first looks at the beginning, the last two while stopping.
    firstRound: synchronisations <= 2,
  });
}

function lastPartAt(transfer: Transfer, atMs: number): Transfer {
  const needs = lastPartMs(transfer);
  const { sending, mirror, behind } = transfer;
  const since = atMs - sending.atMs;
  if (needs === undefined) return { ...transfer, sending: { ...sending, atMs } };
  if (needs <= 0 || since <= 0) return transfer;
  const part = Math.min(1, since / needs);
  const bytes = behind === undefined ? totalOf(sending.pages) * part : 0;
  return {
    ...transfer,
    sending: {
      ...sending,
      atMs: sending.atMs + Math.min(since, needs),
      pages: drained(sending.pages, bytes),
      sentBytes: sending.sentBytes + bytes * lastPartSpeed(transfer).wire,
    },
    mirror: {
      ...mirror,
      remainingBytes: mirror.remainingBytes * (1 - part),
      sentBytes: mirror.sentBytes + mirror.remainingBytes * part,
    },
  };
}

function handOver(transfer: Transfer, atMs: number): Advanced {
  const copied = lastPartAt(transfer, atMs);
  const postCopy = copied.behind !== undefined;
  const handed: Transfer = {
    ...copied,
    phase: 'handed-over',
    phaseSinceMs: atMs,
    handedOverMs: atMs,
    mirror: { ...copied.mirror, remainingBytes: 0 },
    sending: {
      ...copied.sending,
      atMs,
      ...(postCopy ? {} : { pages: { zero: 0, cold: 0, hot: 0 } }),
    },
  };
  return { transfer: handed, events: [{ atMs, kind: 'handed-over', postCopy }] };
}

function behindStep(transfer: Transfer, atMs: number): Advanced {
  if (transfer.phase !== 'post-copy') return { transfer, events: [] };
  if (!allSent(transfer)) return { transfer, events: [{ atMs, kind: 'pace' }] };
  return {
    transfer: { ...transfer, phase: 'completed', phaseSinceMs: atMs, endedMs: atMs },
    events: [
      { atMs, kind: 'pace' },
      { atMs, kind: 'completed', downtimeMs: (transfer.startedMs ?? atMs) - (transfer.stoppedMs ?? atMs) },
    ],
  };
}

function mirrorBeside({ mirror, pace, rate }: Transfer, atMs: number) {
  return mirrorBesideMemory(mirror, pace.diskWriteBytesPerSecond, rate.bytesPerSecond, atMs);
}
