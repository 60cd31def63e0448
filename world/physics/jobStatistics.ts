import type { MigrationJob } from '#shared/model/migrationJob.ts';
import { pageBytes } from './guestMemory.ts';
import { totalOf } from './sending.ts';
import { settled, setupMs } from './transferSteps.ts';
import type { Transfer } from './transferTypes.ts';

/** What libvirt's job statistics show of a transfer. What is not known yet is left out. */
export type JobStatistics = Omit<MigrationJob, 'state' | 'errorText'> & {
  readonly timeElapsedMs: number;
  readonly pageSizeBytes: number;
};

/** At a moment up to the next event; the transfer itself stays as it is. */
export function jobStatistics(transfer: Transfer, atMs: number): JobStatistics {
  const now = settled(transfer, atMs);
  const remaining = totalOf(now.sending.pages);
  const throughput = throughputOf(now);
  const begun = now.synchronisations > 0;
  const dirty = now.period.pagesPerSecond;
  const throttle = now.convergence.throttlePercent;
  return {
    timeElapsedMs: Math.round((now.endedMs ?? atMs) - now.beganMs),
    memoryTotalBytes: now.memory.totalBytes,
    memorySentBytes: Math.round(now.sending.sentBytes),
    memoryRemainingBytes: Math.round(remaining),
    diskTotalBytes: now.mirror.totalBytes,
    diskSentBytes: Math.round(now.mirror.sentBytes),
    diskRemainingBytes: Math.round(now.mirror.remainingBytes),
    pageSizeBytes: pageBytes,
    ...(throughput > 0 ? { throughputBytesPerSecond: Math.round(throughput) } : {}),
    ...(begun ? { round: now.synchronisations, setupTimeMs: Math.round(setupMs(now)) } : {}),
    ...(dirty > 0 ? { dirtyRatePagesPerSecond: Math.round(dirty) } : {}),
    ...downtimeOf(now, remaining, throughput),
    ...(throttle > 0 ? { throttlePercent: throttle } : {}),
  };
}

function throughputOf({ phase, sending, rate }: Transfer): number {
  switch (phase) {
    case 'setup':
    case 'post-copy-paused':
      return 0;
    case 'mirror':
      return rate.bytesPerSecond;
    case 'stop-and-copy':
    case 'post-copy':
      return rate.burstBytesPerSecond;
    case 'pre-copy':
    case 'handed-over':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return sending.bandwidthBytesPerSecond;
    default:
      return phase satisfies never;
  }
}

/** QEMU expects the allowed downtime until it has measured how fast pages become dirty (migration_update_counters). */
function downtimeOf(
  now: Transfer,
  remaining: number,
  throughput: number,
): Pick<JobStatistics, 'downtimeMs' | 'downtimeNetMs'> {
  const { stoppedMs, handedOverMs, startedMs, period, settings } = now;
  const net =
    stoppedMs === undefined || handedOverMs === undefined
      ? {}
      : { downtimeNetMs: Math.round(handedOverMs - stoppedMs) };
  if (stoppedMs !== undefined && startedMs !== undefined) {
    return { downtimeMs: Math.round(startedMs - stoppedMs), ...net };
  }
  if (stoppedMs !== undefined || now.synchronisations === 0) return net;
  const expected =
    period.pagesPerSecond > 0 && throughput > 0
      ? (remaining / throughput) * 1000
      : settings.stop.kind === 'qemu'
        ? settings.stop.downtimeLimitMs
        : settings.stop.kind === 'vmotion'
          ? settings.stop.goalMs
          : 0;
  return { downtimeMs: Math.round(expected) };
}
