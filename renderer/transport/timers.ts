/** Time as the page's transport sees it, so that tests decide when it passes. */
export interface Timers {
  now(): number;
  /** Calls back once; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
