import { type Convergence, judgeConvergence } from '../../world/physics/convergence.ts';
import { jobStatistics } from '../../world/physics/jobStatistics.ts';
import { MiB, memoryOf, runAlone, settingsWith } from '../../world/physics/testing/alone.ts';
import type { TransferCosts } from '../../world/physics/transferTypes.ts';

/** A migration of real QEMU, with what it was asked and what came of it. */
export interface MeasuredRun {
  readonly memoryMiB: number;
  /** Of it, not zero. */
  readonly touchedMiB: number;
  readonly workingSetMiB: number;
  /** As the guest kept it, not as it was told. */
  readonly writesMiBPerSecond: number;
  /** Left out: as fast as the link. */
  readonly capMiBPerSecond?: number;
  /** Left out: as fast as the sending thread. */
  readonly linkMiBPerSecond?: number;
  readonly limitMs: number;
  /** undefined: not through when it was given up. */
  readonly totalMs: number | undefined;
  /** Median of several where there were several. */
  readonly downtimeMs: number;
  readonly sentMiB: number;
  readonly synchronisations: number;
  readonly givenUpMs?: number;
}

export interface Modelled {
  readonly completed: boolean;
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly sentMiB: number;
  readonly synchronisations: number;
  readonly judged: Convergence;
}

/** The same by the model, on a machine with these speeds; a guest that sweeps its working set, alone on its link. */
export function modelOf(
  run: MeasuredRun,
  costs: TransferCosts,
  writesMiBPerSecond = run.writesMiBPerSecond,
): Modelled {
  const cap = run.capMiBPerSecond === undefined ? undefined : run.capMiBPerSecond * MiB;
  const link = run.linkMiBPerSecond === undefined ? costs.threadBytesPerSecond : run.linkMiBPerSecond * MiB;
  const bytesPerSecond = Math.min(link, cap ?? link);
  const memory = memoryOf(
    run.memoryMiB,
    {
      workingSetBytes: run.workingSetMiB * MiB,
      bytesPerSecond: writesMiBPerSecond * MiB,
      pattern: { kind: 'sequential' },
    },
    run.touchedMiB,
  );
  const { transfer, endMs } = runAlone(
    settingsWith({
      stop: { kind: 'qemu', downtimeLimitMs: run.limitMs },
      ...(cap === undefined ? {} : { bandwidthCapBytesPerSecond: cap }),
      costs,
    }),
    memory,
    { bytesPerSecond, burstBytesPerSecond: link },
    run.givenUpMs ?? 120_000,
  );
  const job = jobStatistics(transfer, endMs);
  return {
    completed: transfer.phase === 'completed',
    totalMs: job.timeElapsedMs,
    downtimeMs: transfer.phase === 'completed' ? (job.downtimeMs ?? 0) : 0,
    sentMiB: job.memorySentBytes / MiB,
    synchronisations: transfer.synchronisations,
    judged: judgeConvergence({
      writes: memory.writes,
      pace: 1,
      bytesPerSecond,
      downtimeLimitMs: run.limitMs,
    }),
  };
}
