import type { Clock } from '../clock.ts';

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #offsetMs = 0;
  #pending: { readonly atMs: number; readonly callback: () => void }[] = [];

  /** Timers still set: 0 once nothing leaks. */
  get size(): number {
    return this.#pending.length;
  }

  now(): number {
    return this.#elapsedMs + this.#offsetMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  /** As an operator or a time server sets the machine's clock: no timer is touched by it. */
  set(byMs: number): void {
    this.#offsetMs += byMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, callback };
    this.#pending.push(timer);
    return () => {
      this.#pending = this.#pending.filter((one) => one !== timer);
    };
  }

  /** Runs what becomes due, in order of time, letting promises and streams settle in between. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#elapsedMs + byMs;
    for (;;) {
      const next = this.#pending.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#elapsedMs = next.atMs;
      this.#pending = this.#pending.filter((one) => one !== next);
      next.callback();
      await settled();
    }
    this.#elapsedMs = endMs;
  }
}

/** After everything in memory that is under way: a few turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
