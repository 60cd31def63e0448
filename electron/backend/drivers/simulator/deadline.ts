import type { Clock } from '../../clock/clock.ts';

/**
 * Real. An answer of a healthy world takes some milliseconds of this machine's time, which at x600 are seconds of the
 * cluster's: they must not be taken for a host's silence.
 */
const leastRealMs = 500;

/** Calls back once so much of the cluster's time has passed, and the machine itself had time to answer. */
export function afterDeadline(
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  milliseconds: number,
  callback: () => void,
): () => void {
  const notBefore = wall.elapsed() + Math.min(leastRealMs, milliseconds);
  let take = clock.after(milliseconds, () => {
    const early = notBefore - wall.elapsed();
    // A timer may be early by a part of a millisecond.
    if (early < 1) callback();
    else take = wall.after(early, callback);
  });
  return () => take();
}
