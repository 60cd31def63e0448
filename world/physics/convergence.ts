import type { MemoryWrites } from './guestMemory.ts';

/** What is known before a migration begins. */
export interface Prospect {
  readonly writes: MemoryWrites;
  /** Of what the guest would write at full speed, what it does; 0 (paused) to 1. */
  readonly pace: number;
  /** What the migration gets on average, its cap counted in. */
  readonly bytesPerSecond: number;
  readonly downtimeLimitMs: number;
}

/** Whether it comes to an end by itself, without auto-converge or post-copy. */
export type Convergence = 'yes' | 'no' | 'uncertain';

/** Near the edge a percent of writes is a tenth of the time, and QEMU's bursts of 100 ms let some through. */
const surelyBelow = 0.9;
const surelyAbove = 1.1;

/**
 * The rule of performance.md 1.4, lesson d: what fits into the allowed downtime converges whatever is written; else it
 * hangs on the share of the link that new dirty pages take while a working set's worth is sent. Between nine tenths and
 * eleven tenths nobody can say.
 */
export function judgeConvergence({ writes, pace, bytesPerSecond, downtimeLimitMs }: Prospect): Convergence {
  if (bytesPerSecond <= 0) return 'no';
  const threshold = (bytesPerSecond * downtimeLimitMs) / 1000;
  if (writes.workingSetBytes <= threshold) return 'yes';
  const ratio = (writes.bytesPerSecond * pace) / bytesPerSecond;
  if (ratio < surelyBelow) return 'yes';
  return ratio > surelyAbove ? 'no' : 'uncertain';
}
