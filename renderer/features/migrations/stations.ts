import { type MigrationRound, type MigrationStation, migrationStations } from '#shared/model/migration.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';

export type StationState = 'ahead' | 'now' | 'done' | 'failed' | 'undone';

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

const widestBar = 40;
const gapBetween = 4;

/** One bar a round, both directions on one scale from zero; a round that sent anything is never invisible. */
export function barsOf(
  rounds: readonly MigrationRound[],
  area: { readonly from: number; readonly to: number; readonly height: number },
): { readonly bars: readonly RoundBar[]; readonly greatestBytes: number } {
  const greatestBytes = Math.max(0, ...rounds.flatMap((round) => [round.sentBytes, round.dirtiedBytes ?? 0]));
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
  return { bars, greatestBytes };
}

/** Where the guest ran and when it did not, from the start of the task, in milliseconds. */
export interface GuestLane {
  readonly totalMs: number;
  readonly downFromMs: number | undefined;
  readonly downtimeMs: number | undefined;
  /** It went on at the destination; false while it is still, or again, at the source. */
  readonly moved: boolean;
  readonly stepEndsMs: readonly number[];
}

export function guestLane(task: Task, now: number): GuestLane {
  const { migration: result } = task;
  const startedAt = task.startedAt ?? task.createdAt;
  const elapsedMs = task.progress?.migration?.elapsedMs ?? Math.max(0, (task.finishedAt ?? now) - startedAt);
  if (result === undefined) {
    const stop = stationsOf(task)[3];
    const stopped = task.steps.find((each) => each.id === 'stop-and-copy')?.startedAt;
    const down = stop?.state === 'now' && stopped !== undefined;
    return {
      totalMs: elapsedMs,
      downFromMs: down ? stopped - startedAt : undefined,
      downtimeMs: down ? Math.max(0, elapsedMs - (stopped - startedAt)) : undefined,
      moved: false,
      stepEndsMs: [],
    };
  }
  let end = 0;
  const stepEndsMs = result.steps.map((step) => (end += step.durationMs));
  return {
    totalMs: result.totalMs,
    downFromMs: stepEndsMs[2] ?? Math.max(0, result.totalMs - result.downtimeMs),
    downtimeMs: result.downtimeMs,
    moved: task.state === 'succeeded',
    stepEndsMs: stepEndsMs.slice(0, -1),
  };
}

const roundEnds = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The end of a time axis that holds `ms` and moves seldom while it grows. */
export function axisEndMs(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1000, ms)));
  return (roundEnds.find((each) => each * unit >= ms) ?? 10) * unit;
}
