/** Time as every part of the backend takes it, so that tests and simulated clusters bring their own. */
export interface Clock {
  /** Milliseconds since 1970: what is shown, stored and compared between machines. It may be set forward or back. */
  now(): number;
  /** Milliseconds since a moment of no meaning, never set: what intervals and deadlines are measured by. */
  elapsed(): number;
  /** Calls back once; the returned function takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Its milliseconds for each real one, as it runs now; 0 while it stands. Absent: 1, as a wall clock runs. */
  rate?(): number;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export function rateOf(clock: Clock): number {
  return clock.rate?.() ?? 1;
}

/** Resolves after a while, or at once when the signal is aborted. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      take();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const take = clock.after(milliseconds, done);
    signal.addEventListener('abort', done);
  });
}

/** Real; a simulated cluster at x600 would otherwise be asked thousands of times a second. */
const leastBetweenLooksMs = 40;

/** Between two looks at something that goes on: by the cluster's clock, but never oftener than a machine can be asked. */
export async function pauseBetweenLooks(
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const began = wallClock.elapsed();
  await pause(clock, milliseconds, signal);
  const early = rateOf(clock) > 1 ? leastBetweenLooksMs - (wallClock.elapsed() - began) : 0;
  if (early > 0) await pause(wallClock, early, signal);
}
