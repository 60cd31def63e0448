import type { TransferCosts } from '../../world/physics/transferTypes.ts';
import type { LabRun, LabRuns } from './labRuns.ts';
import { type MeasuredRun, modelOf } from './measured.ts';
import { median } from './median.ts';

/** Of an Ethernet frame of 1514 bytes, which is what a cable's limit counts, TCP with time stamps carries 1448. */
const payloadShare = 1448 / 1514;

/** A combination of the lab, all its repeats: what the guest kept and what came of it are their medians. */
export interface LabRow {
  readonly wished: LabRun;
  readonly repeats: number;
  readonly real: MeasuredRun;
}

export function labRows({ runs, limitMs }: LabRuns): readonly LabRow[] {
  const byWish = new Map<string, readonly LabRun[]>();
  for (const run of runs) byWish.set(wishOf(run), [...(byWish.get(wishOf(run)) ?? []), run]);
  return [...byWish.values()].map((repeats) => rowOf(repeats, limitMs));
}

const wishOf = (run: LabRun): string =>
  [run.memoryMiB, run.workingSetMiB, run.writesMiBPerSecond, run.capMiBPerSecond, run.linkMbit].join();

function rowOf(repeats: readonly LabRun[], limitMs: number): LabRow {
  const [wished] = repeats;
  if (wished === undefined) throw new Error('a combination has at least one run');
  if (repeats.some(({ isThrough }) => isThrough !== wished.isThrough)) {
    throw new Error('of one combination some repeats were through and some were not: it is no median');
  }
  const middle = (of: (run: LabRun) => number): number => median(repeats.map(of));
  const totalMiB = middle((run) => run.totalMiB);
  const tookMs = middle((run) => run.tookMs);
  return {
    wished,
    repeats: repeats.length,
    real: {
      memoryMiB: totalMiB,
      touchedMiB: totalMiB - middle((run) => run.zeroMiB),
      workingSetMiB: wished.workingSetMiB,
      writesMiBPerSecond: middle((run) => run.keptMiBPerSecond),
      ...limitsOf(wished),
      limitMs,
      totalMs: wished.isThrough ? tookMs : undefined,
      downtimeMs: middle((run) => run.downtimeMs),
      sentMiB: middle((run) => run.sentMiB),
      synchronisations: middle((run) => run.synchronisations),
      ...(wished.isThrough ? {} : { givenUpMs: tookMs }),
    },
  };
}

function limitsOf({
  capMiBPerSecond,
  linkMbit,
}: LabRun): Pick<MeasuredRun, 'capMiBPerSecond' | 'linkMiBPerSecond'> {
  return {
    ...(capMiBPerSecond === undefined ? {} : { capMiBPerSecond }),
    ...(linkMbit === undefined ? {} : { linkMiBPerSecond: ((linkMbit * 1e6) / 8 / 2 ** 20) * payloadShare }),
  };
}

/**
 * The lab's machine: what the set-up and the hand-over take, read off the combinations whose
 * guests write nothing. All else is as of the other machine of emulated guests.
 */
export function labMachine(rows: readonly LabRow[], like: TransferCosts): TransferCosts {
  const idle = rows.filter(({ wished }) => wished.writesMiBPerSecond === 0);
  const bare = { ...like, setupMs: 0, switchMs: 0 };
  const beyond = idle.map(({ real }) => {
    const model = modelOf(real, bare);
    const downtimeMs = Math.max(0, real.downtimeMs - model.downtimeMs);
    return { downtimeMs, setupMs: Math.max(0, (real.totalMs ?? 0) - model.totalMs - downtimeMs) };
  });
  return {
    ...like,
    setupMs: Math.round(median(beyond.map((each) => each.setupMs))),
    switchMs: Math.round(median(beyond.map((each) => each.downtimeMs))),
  };
}
