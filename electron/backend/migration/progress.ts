import type { MigrationProgress, MigrationRound, MigrationStation } from '#shared/model/migration.ts';
import { type MigrationJob, nothingSent } from '#shared/model/migrationJob.ts';

const keptPoints = 200;
const keptRounds = 100;

export const noProgress: MigrationProgress = {
  station: 'initialise',
  rounds: [],
  elapsedMs: 0,
  ...nothingSent,
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
 * The next picture from one look at the job. A round is QEMU's iteration: what was sent in it is the growth since the
 * look before, what was dirtied meanwhile is QEMU's dirty rate over its time.
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
    rounds: nextRounds(before, job, elapsedMs, dirtyRate),
    remaining: thin([...before.remaining, [elapsedMs, job.memoryRemainingBytes + job.diskRemainingBytes]]),
  };
}

/** What the first round has sent has its place at the destination for good; later rounds send the same pages again. */
export function arrivedMiB({ rounds }: MigrationProgress): number {
  const [first] = rounds;
  return first?.round === 1 ? Math.floor(first.sentBytes / 1_048_576) : 0;
}

function nextRounds(
  before: MigrationProgress,
  job: MigrationJob,
  elapsedMs: number,
  dirtyRate: number,
): readonly MigrationRound[] {
  const last = before.rounds.at(-1);
  const round = Math.max(1, last?.round ?? 1, job.round ?? 1);
  const isSame = last !== undefined && last.round === round;
  const startedAtMs = isSame ? last.startedAtMs : before.elapsedMs;
  const durationMs = elapsedMs - startedAtMs;
  const grown = Math.max(0, job.memorySentBytes - before.memorySentBytes);
  const current: MigrationRound = {
    round,
    startedAtMs,
    durationMs,
    sentBytes: (isSame ? last.sentBytes : 0) + grown,
    ...(dirtyRate > 0 ? { dirtiedBytes: Math.round((dirtyRate * durationMs) / 1000) } : {}),
    remainingBytes: job.memoryRemainingBytes,
  };
  return [...(isSame ? before.rounds.slice(0, -1) : before.rounds), current].slice(-keptRounds);
}

/** Half the points go when there are too many; first and last stay, so the line keeps its shape and its ends. */
function thin(points: readonly (readonly [number, number])[]): MigrationProgress['remaining'] {
  const all = points.map(([at, bytes]): [number, number] => [at, bytes]);
  if (all.length <= keptPoints) return all;
  return all.filter((_, index) => index % 2 === 0 || index === all.length - 1);
}
