import type { MigrationProgress, MigrationRound, MigrationStation } from '#shared/model/migration.ts';
import type { MigrationJob } from '../drivers/migration.ts';

const keptPoints = 200;
const keptRounds = 100;

export const noProgress: MigrationProgress = {
  station: 'initialise',
  rounds: [],
  elapsedMs: 0,
  memoryTotalBytes: 0,
  memorySentBytes: 0,
  memoryRemainingBytes: 0,
  diskTotalBytes: 0,
  diskSentBytes: 0,
  diskRemainingBytes: 0,
  throughputBytesPerSecond: 0,
  dirtyRateBytesPerSecond: 0,
  throttlePercent: 0,
  postCopyActive: false,
  remaining: [],
};

export function atStation(
  progress: MigrationProgress,
  station: MigrationStation,
  elapsedMs: number,
): MigrationProgress {
  return { ...progress, station, elapsedMs };
}

/**
 * The next picture from one look at the job. A round is QEMU's iteration: what was sent in it is the growth of what
 * was sent in all, what was dirtied meanwhile is QEMU's dirty rate over its time.
 */
export function nextProgress(
  before: MigrationProgress,
  job: MigrationJob,
  elapsedMs: number,
): MigrationProgress {
  const dirtyRate = (job.dirtyRatePagesPerSecond ?? 0) * (job.pageSizeBytes ?? 4096);
  const { downtimeMs } = job;
  const { expectedDowntimeMs: _old, ...rest } = before;
  return {
    ...rest,
    elapsedMs,
    memoryTotalBytes: job.memoryTotalBytes,
    memorySentBytes: job.memorySentBytes,
    memoryRemainingBytes: job.memoryRemainingBytes,
    diskTotalBytes: job.diskTotalBytes,
    diskSentBytes: job.diskSentBytes,
    diskRemainingBytes: job.diskRemainingBytes,
    throughputBytesPerSecond: job.throughputBytesPerSecond ?? before.throughputBytesPerSecond,
    dirtyRateBytesPerSecond: dirtyRate,
    throttlePercent: job.throttlePercent ?? 0,
    ...(downtimeMs === undefined ? {} : { expectedDowntimeMs: downtimeMs }),
    rounds: nextRounds(before.rounds, job, elapsedMs, dirtyRate),
    remaining: thin([...before.remaining, [elapsedMs, job.memoryRemainingBytes + job.diskRemainingBytes]]),
  };
}

function nextRounds(
  rounds: readonly MigrationRound[],
  job: MigrationJob,
  elapsedMs: number,
  dirtyRate: number,
): readonly MigrationRound[] {
  const number = Math.max(1, job.round ?? 1);
  const last = rounds.at(-1);
  const earlier = last?.round === number ? rounds.slice(0, -1) : rounds;
  const sentBefore = earlier.reduce((sum, round) => sum + round.sentBytes, 0);
  const startedAtMs = last?.round === number ? last.startedAtMs : last === undefined ? 0 : elapsedMs;
  const durationMs = elapsedMs - startedAtMs;
  const current: MigrationRound = {
    round: number,
    startedAtMs,
    durationMs,
    sentBytes: Math.max(0, job.memorySentBytes - sentBefore),
    ...(dirtyRate > 0 ? { dirtiedBytes: (dirtyRate * durationMs) / 1000 } : {}),
    remainingBytes: job.memoryRemainingBytes,
  };
  return [...earlier, current].slice(-keptRounds);
}

/** Half the points go when there are too many; first and last stay, so the line keeps its shape and its ends. */
function thin(points: readonly (readonly [number, number])[]): MigrationProgress['remaining'] {
  const all = points.map(([at, bytes]): [number, number] => [at, bytes]);
  if (all.length <= keptPoints) return all;
  return all.filter((_, index) => index % 2 === 0 || index === all.length - 1);
}
