import { setMaxListeners } from 'node:events';
import { type Clock, pause } from './clock/clock.ts';

/**
 * Work that has put something on a host and takes it away again. Whoever stops lets it end, for a while, before the
 * connections to the hosts are closed.
 */
export class Unfinished {
  readonly #works = new Set<Promise<unknown>>();
  readonly #ending = new AbortController();

  constructor() {
    // Every question that is open listens.
    setMaxListeners(0, this.ending);
  }

  /** Aborted once Drover is stopping: what only waits for answers need wait no longer. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  hold<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work);
    void work.catch(() => undefined).finally(() => this.#works.delete(work));
    return work;
  }

  async end(clock: Clock, patienceMs: number): Promise<void> {
    this.#ending.abort();
    const settled = new AbortController();
    void this.#settle().then(() => settled.abort());
    await pause(clock, patienceMs, settled.signal);
  }

  /** One that ends may have left the rest to another. */
  async #settle(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
  }
}
