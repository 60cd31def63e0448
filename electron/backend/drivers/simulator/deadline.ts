import type { Clock } from '../../clock/clock.ts';

/**
 * Real. An answer of a healthy world takes some milliseconds of this machine's time, and of a thousand hosts that are
 * asked at once some hundred; at x600 those are minutes of the cluster's. They must not be taken for a host's silence,
 * which the world itself ends with the host's session.
 */
const leastRealMs = 2000;
/** A timer that comes so late says that this process was busy itself, and the answer may lie there unread. */
const busyMs = 100;

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
    else wait(early);
  });
  const wait = (waitMs: number) => {
    const dueAt = wall.elapsed() + waitMs;
    take = wall.after(waitMs, () => {
      if (wall.elapsed() - dueAt < busyMs) callback();
      else wait(busyMs);
    });
  };
  return () => take();
}
