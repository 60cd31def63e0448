import type { Clock } from '../../clock/clock.ts';

/**
 * Real. An answer of a healthy world takes some milliseconds of this machine's time, which at x600 are seconds of the
 * cluster's: they must not be taken for a host's silence.
 */
const leastRealMs = 500;

/**
 * Calls back once so much of the cluster's time has passed, the machine itself had time to answer, and the world's
 * process has answered all that it could: one that is busy with a thousand hosts is not a host's silence.
 */
export function afterDeadline(
  { clock, wall }: { readonly clock: Clock; readonly wall: Clock },
  milliseconds: number,
  caughtUp: () => Promise<void>,
  callback: () => void,
): () => void {
  const notBefore = wall.elapsed() + Math.min(leastRealMs, milliseconds);
  let isTaken = false;
  const due = async (): Promise<void> => {
    await caughtUp();
    if (!isTaken) callback();
  };
  let take = clock.after(milliseconds, () => {
    const early = notBefore - wall.elapsed();
    // A timer may be early by a part of a millisecond.
    if (early < 1) void due();
    else take = wall.after(early, () => void due());
  });
  return () => {
    isTaken = true;
    take();
  };
}
