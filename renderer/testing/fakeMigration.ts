import type {
  MigrationProgress,
  MigrationResult,
  MigrationRound,
  MigrationStation,
} from '#shared/model/migration.ts';
import { migrationStations } from '#shared/model/migration.ts';

const mib = 1024 * 1024;
const stepMs = [7, 430, 0, 0, 210, 160] as const;

/** A migration's whole course, known beforehand: what is shown at any moment is read off it. */
export interface FakeCourse {
  readonly rounds: readonly MigrationRound[];
  readonly downtimeMs: number;
  /** When each station ends, from the start. */
  readonly endsMs: Readonly<Record<MigrationStation, number>>;
  readonly totalMs: number;
  readonly memoryTotalBytes: number;
}

/** Pre-copy as in Clark et al.: each round sends what the one before left dirty, until the rest fits the downtime. */
export function fakeCourse(
  memoryMiB: number,
  sendMiBPerSecond: number,
  dirtyMiBPerSecond: number,
): FakeCourse {
  const used = memoryMiB * 0.72 * mib;
  const rounds: MigrationRound[] = [];
  let startedAtMs = stepMs[0] + stepMs[1];
  let toSend = used;
  for (let round = 1; round <= 12; round += 1) {
    const durationMs = (toSend / (sendMiBPerSecond * mib)) * 1000;
    const dirtiedBytes = Math.min(used, (durationMs / 1000) * dirtyMiBPerSecond * mib);
    rounds.push({
      round,
      startedAtMs,
      durationMs,
      sentBytes: toSend,
      dirtiedBytes,
      remainingBytes: dirtiedBytes,
    });
    startedAtMs += durationMs;
    toSend = dirtiedBytes;
    if (toSend / (sendMiBPerSecond * mib) < 0.1) break;
  }
  const downtimeMs = Math.round((toSend / (sendMiBPerSecond * mib)) * 1000 + 41);
  const preCopy = startedAtMs;
  const endsMs = {
    initialise: stepMs[0],
    reserve: stepMs[0] + stepMs[1],
    'pre-copy': preCopy,
    'stop-and-copy': preCopy + downtimeMs,
    commit: preCopy + downtimeMs + stepMs[4],
    activate: preCopy + downtimeMs + stepMs[4] + stepMs[5],
  };
  return { rounds, downtimeMs, endsMs, totalMs: endsMs.activate, memoryTotalBytes: memoryMiB * mib };
}

export function stationAt(course: FakeCourse, elapsedMs: number): MigrationStation {
  return migrationStations.find((station) => elapsedMs < course.endsMs[station]) ?? 'activate';
}

export function fakeProgress(course: FakeCourse, elapsedMs: number): MigrationProgress {
  const station = stationAt(course, elapsedMs);
  const begun = course.rounds.filter((round) => round.startedAtMs <= elapsedMs);
  const rounds = begun.map((round) => partOf(round, elapsedMs));
  const last = rounds.at(-1);
  const sent = rounds.reduce((sum, round) => sum + round.sentBytes, 0);
  const remaining: [number, number][] = [];
  for (const round of rounds) {
    const first = round.round === 1;
    if (first) remaining.push([round.startedAtMs, course.rounds[0]?.sentBytes ?? 0]);
    remaining.push([round.startedAtMs + round.durationMs, round.remainingBytes]);
  }
  const copying = station === 'pre-copy' || station === 'stop-and-copy';
  return {
    station,
    rounds,
    elapsedMs,
    memoryTotalBytes: course.memoryTotalBytes,
    memorySentBytes: sent,
    memoryRemainingBytes:
      elapsedMs >= course.endsMs['stop-and-copy']
        ? 0
        : (last?.remainingBytes ?? course.rounds[0]?.sentBytes ?? 0),
    diskTotalBytes: 0,
    diskSentBytes: 0,
    diskRemainingBytes: 0,
    throughputBytesPerSecond: copying ? 118 * mib : 0,
    dirtyRateBytesPerSecond: copying ? 38 * mib : 0,
    ...(last === undefined
      ? {}
      : { expectedDowntimeMs: Math.round((last.remainingBytes / (118 * mib)) * 1000) + 40 }),
    throttlePercent: 0,
    postCopyActive: false,
    remaining,
  };
}

function partOf(round: MigrationRound, elapsedMs: number): MigrationRound {
  const share = Math.min(1, (elapsedMs - round.startedAtMs) / round.durationMs);
  return {
    ...round,
    durationMs: round.durationMs * share,
    sentBytes: round.sentBytes * share,
    ...(round.dirtiedBytes === undefined ? {} : { dirtiedBytes: round.dirtiedBytes * share }),
    remainingBytes: round.sentBytes * (1 - share) + (round.dirtiedBytes ?? 0) * share,
  };
}

export function fakeResult(course: FakeCourse): MigrationResult {
  let before = 0;
  const steps = migrationStations.map((station, step) => {
    const durationMs = course.endsMs[station] - before;
    before = course.endsMs[station];
    return { step, station, durationMs };
  });
  return {
    memoryBytes: Math.round(course.rounds.reduce((sum, round) => sum + round.sentBytes, 0)),
    diskBytes: 0,
    rounds: course.rounds.length,
    downtimeMs: course.downtimeMs,
    transferMs: Math.round(course.endsMs['stop-and-copy'] - course.endsMs.reserve),
    totalMs: Math.round(course.totalMs),
    steps,
  };
}
