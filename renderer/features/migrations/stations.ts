import { type MigrationRound, type MigrationStation, migrationStations } from '#shared/model/migration.ts';
import { hasEnded, type Task, type TaskStep } from '#shared/model/task.ts';

export type StationState = 'ahead' | 'now' | 'done' | 'failed' | 'undone' | 'unknown';

export interface Station {
  readonly step: number;
  readonly station: MigrationStation;
  readonly name: string;
  readonly state: StationState;
  readonly durationMs: number | undefined;
}

/** The names of Clark et al. 2005, as on the house plan. */
export const stationNames: Readonly<Record<MigrationStation, string>> = {
  initialise: 'Initialise',
  reserve: 'Reserve',
  'pre-copy': 'Pre-copy',
  'stop-and-copy': 'Stop and copy',
  commit: 'Commit',
  activate: 'Activate',
};

export function stationsOf(task: Task): readonly Station[] {
  return migrationStations.map((station, step) => {
    const own = task.steps.find((each) => each.id === station) ?? task.steps[step];
    return {
      step,
      station,
      name: stationNames[station],
      state: stateOf(task, own, step),
      durationMs: durationOf(task, own, step),
    };
  });
}

function stateOf(task: Task, step: TaskStep | undefined, index: number): StationState {
  if (task.state === 'succeeded') return 'done';
  const state = step?.state;
  switch (state) {
    case 'done':
      return 'done';
    case 'running':
      if (task.state === 'undecided') return 'unknown';
      return task.state === 'failed' ? 'failed' : 'now';
    case 'failed':
      return 'failed';
    case 'undoing':
    case 'undone':
      return 'undone';
    case 'waiting':
    case 'skipped':
      return 'ahead';
    case undefined: {
      const reached = task.progress?.migration?.station;
      const now = reached === undefined ? -1 : migrationStations.indexOf(reached);
      return index < now ? 'done' : index === now ? 'now' : 'ahead';
    }
    default:
      return state satisfies never;
  }
}

function durationOf(task: Task, step: TaskStep | undefined, index: number): number | undefined {
  const measured = task.migration?.steps.find((each) => each.step === index);
  if (measured !== undefined) return measured.durationMs;
  if (step?.startedAt === undefined || step.finishedAt === undefined) return undefined;
  return step.finishedAt - step.startedAt;
}

export interface RoundBar {
  readonly round: MigrationRound;
  readonly x: number;
  readonly width: number;
  readonly sentHeight: number;
  /** undefined until QEMU has said a dirty rate. */
  readonly dirtiedHeight: number | undefined;
}

const widestBar = 84;
const gapBetween = 4;

/** One bar a round, both directions on one scale from zero; a round that sent anything is never invisible. */
export function barsOf(
  rounds: readonly MigrationRound[],
  area: { readonly from: number; readonly to: number; readonly height: number },
): {
  readonly bars: readonly RoundBar[];
  readonly mostSentBytes: number;
  readonly mostDirtiedBytes: number;
} {
  const mostSentBytes = Math.max(0, ...rounds.map((round) => round.sentBytes));
  const mostDirtiedBytes = Math.max(0, ...rounds.map((round) => round.dirtiedBytes ?? 0));
  const greatestBytes = Math.max(mostSentBytes, mostDirtiedBytes);
  const room = (area.to - area.from) / Math.max(rounds.length, 6);
  const slot = Math.min(widestBar + gapBetween, room);
  const height = (bytes: number): number =>
    bytes <= 0 || greatestBytes === 0 ? 0 : Math.max(1.5, (bytes / greatestBytes) * area.height);
  const bars = rounds.map((round, index) => ({
    round,
    x: area.from + index * slot,
    width: Math.max(1, slot - Math.min(gapBetween, slot / 3)),
    sentHeight: height(round.sentBytes),
    dirtiedHeight: round.dirtiedBytes === undefined ? undefined : height(round.dirtiedBytes),
  }));
  return { bars, mostSentBytes, mostDirtiedBytes };
}

/** Where the guest ran and when it did not, from the start of the task, in milliseconds. */
export interface GuestLane {
  readonly totalMs: number;
  /** It ran at the source until after. */
  readonly ranUntilMs: number;
  /** What came after: nothing, a stop still going on or over, or what only a host that does not answer knows. */
  readonly after:
    | { readonly kind: 'nothing' }
    /** It runs at the destination; nobody measured how long it stood still on the way. */
    | { readonly kind: 'moved' }
    | { readonly kind: 'down'; readonly downtimeMs: number; readonly moved: boolean }
    | { readonly kind: 'not-known' };
  readonly stepEndsMs: readonly number[];
}

export function guestLane(task: Task, now: number): GuestLane {
  const startedAt = task.startedAt ?? task.createdAt;
  const { migration: result } = task;
  if (result !== undefined) {
    let end = 0;
    const stepEndsMs = result.steps.map((step) => (end += step.durationMs));
    const { totalMs, downtimeMs } = result;
    const moved = task.state === 'succeeded';
    return {
      totalMs,
      ranUntilMs: stepEndsMs[2] ?? Math.max(0, totalMs - (downtimeMs ?? 0)),
      after: downtimeMs === undefined ? { kind: 'moved' } : { kind: 'down', downtimeMs, moved },
      stepEndsMs: stepEndsMs.slice(0, -1),
    };
  }
  const measuredMs = task.progress?.migration?.elapsedMs;
  const totalMs = measuredMs ?? Math.max(0, (task.finishedAt ?? now) - startedAt);
  const stoppedAt = task.steps.find((each) => each.id === 'stop-and-copy')?.startedAt;
  if (task.state === 'succeeded') {
    const ranUntilMs = Math.min(totalMs, (stoppedAt ?? startedAt + totalMs) - startedAt);
    return { totalMs, ranUntilMs, after: { kind: 'moved' }, stepEndsMs: [] };
  }
  if (stoppedAt === undefined || hasEnded(task.state)) {
    return { totalMs, ranUntilMs: totalMs, after: { kind: 'nothing' }, stepEndsMs: [] };
  }
  const ranUntilMs = Math.min(totalMs, stoppedAt - startedAt);
  if (task.state === 'undecided')
    return { totalMs, ranUntilMs, after: { kind: 'not-known' }, stepEndsMs: [] };
  return {
    totalMs,
    ranUntilMs,
    after: { kind: 'down', downtimeMs: totalMs - ranUntilMs, moved: false },
    stepEndsMs: [],
  };
}

const roundEnds = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The end of a time axis that holds `ms` and moves seldom while it grows. */
export function axisEndMs(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1000, ms)));
  return (roundEnds.find((each) => each * unit >= ms) ?? 10) * unit;
}
