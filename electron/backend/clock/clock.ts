/** Time as every part of the backend takes it, so that tests and simulated clusters bring their own. */
export interface Clock {
  /** Milliseconds since 1970: what is shown, stored and compared between machines. It may be set forward or back. */
  now(): number;
  /** Milliseconds since a moment of no meaning, never set: what intervals and deadlines are measured by. */
  elapsed(): number;
  /** Calls back once; the returned function takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const wallClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

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
