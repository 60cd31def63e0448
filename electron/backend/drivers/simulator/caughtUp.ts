/**
 * A question to a busy world's process whose last word has come: nothing that it could have answered is still under way.
 * Its first answer may overtake what came just before it, its second cannot.
 */
export class CaughtUp {
  /** Resolves when the process has answered; never where it has ended, which its connection tells. */
  readonly #ping: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /** Whoever comes while one is under way waits for the next, together with all the others. */
  wait(): Promise<void> {
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => this.#run());
    return this.#next;
  }

  #run(): Promise<void> {
    this.#running = this.#next;
    this.#next = undefined;
    return this.#askTwice();
  }

  async #askTwice(): Promise<void> {
    await this.#ping();
    await this.#ping();
    // What was read with its answer is handed on first.
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
