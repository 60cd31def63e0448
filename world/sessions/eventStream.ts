/** A reader that never comes, or lags by more, misses the oldest: what is told says only that somebody should look. */
const mostKept = 1000;

/** Events for one reader, kept until they are read. Ends normally or with the reason that it broke. */
export class EventStream<T> {
  readonly #kept: T[] = [];
  #ended: { readonly error?: Error } | undefined;
  #wake: () => void = () => undefined;

  push(value: T): void {
    if (this.#ended !== undefined) return;
    this.#kept.push(value);
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#wake();
  }

  end(error?: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error === undefined ? {} : { error };
    this.#wake();
  }

  async *read(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    const onAbort = () => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        for (let next = this.#kept.shift(); next !== undefined; next = this.#kept.shift()) yield next;
        if (signal?.aborted === true) return;
        if (this.#ended?.error !== undefined) throw this.#ended.error;
        if (this.#ended !== undefined) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }
}
