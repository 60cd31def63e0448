/** Where a terminal takes what the guest says; what comes before it is drawn waits for it. */
export class TerminalSink {
  #take: ((bytes: Uint8Array) => Promise<void>) | undefined;
  #ready: Promise<void> = Promise.resolve();
  #tellReady: () => void = () => undefined;

  constructor() {
    this.#waitForTerminal();
  }

  /** Resolves when it has been drawn. */
  async write(bytes: Uint8Array): Promise<void> {
    while (this.#take === undefined) await this.#ready;
    await this.#take(bytes);
  }

  /** From now on it is drawn there; returns what ends that. */
  attach(take: (bytes: Uint8Array) => Promise<void>): () => void {
    this.#take = take;
    this.#tellReady();
    return () => {
      this.#take = undefined;
      this.#waitForTerminal();
    };
  }

  #waitForTerminal(): void {
    this.#ready = new Promise((resolve) => {
      this.#tellReady = resolve;
    });
  }
}
