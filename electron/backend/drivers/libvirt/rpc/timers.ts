/** Time as the RPC room needs it; tests give one they move by hand. */
export interface Timers {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls once after the delay; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
