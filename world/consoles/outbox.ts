/** What waits for a reader; a reader that lags by more has lost the console. */
const mostBytes = 4 * 1024 * 1024;
const pieceBytes = 48 * 1024;

/** Bytes for one reader, in order and without a gap. Ends normally, or with the reason that it broke. */
export class Outbox {
  #waiting: Buffer[] = [];
  #bytes = 0;
  #ended: { readonly error?: Error } | undefined;
  #wake: () => void = () => undefined;

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  push(bytes: Buffer): void {
    if (this.#ended !== undefined || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > mostBytes) {
      this.#waiting = [];
      this.end(new Error('the reader of a console lagged too far behind'));
    }
    this.#wake();
  }

  end(error?: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error === undefined ? {} : { error };
    this.#wake();
  }

  async *read(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    const onAbort = () => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      while (signal?.aborted !== true) {
        if (this.#waiting.length > 0) {
          const all = Buffer.concat(this.#waiting);
          this.#waiting = [];
          this.#bytes = 0;
          for (let at = 0; at < all.length; at += pieceBytes) yield all.subarray(at, at + pieceBytes);
          continue;
        }
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
