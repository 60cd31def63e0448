/** What waits for a reader, how much of it may, and how it is read. */
export interface Keeping<Value> {
  readonly most: number;
  /** In the unit of `most`; what has no size is not kept. */
  readonly sizeOf: (value: Value) => number;
  /** A reader that never comes, or lags by more: it misses the oldest, or all that is left for it is why it broke. */
  readonly laggard: 'misses the oldest' | { readonly isTold: string };
  /** Takes out of what waits what is read next: all of what it takes, though it may be in other pieces. */
  readonly take: (waiting: Value[]) => readonly Value[];
}

/** For one reader, in order. Ends normally, or with the reason that it broke. */
export class ReaderStream<Value> {
  readonly #keeping: Keeping<Value>;
  #waiting: Value[] = [];
  #size = 0;
  #ended: { readonly error?: Error } | undefined;
  #wake: () => void = () => undefined;

  constructor(keeping: Keeping<Value>) {
    this.#keeping = keeping;
  }

  push(value: Value): void {
    const { sizeOf } = this.#keeping;
    if (this.#ended !== undefined || sizeOf(value) === 0) return;
    this.#waiting.push(value);
    this.#size += sizeOf(value);
    this.#makeRoom();
    this.#wake();
  }

  end(error?: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error === undefined ? {} : { error };
    this.#wake();
  }

  async *read(signal?: AbortSignal): AsyncGenerator<Value, void, void> {
    const onAbort = () => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      while (signal?.aborted !== true) {
        if (this.#waiting.length > 0) {
          yield* this.#take();
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

  #take(): readonly Value[] {
    const taken = this.#keeping.take(this.#waiting);
    this.#size -= this.#sum(taken);
    return taken;
  }

  #makeRoom(): void {
    const { most, laggard } = this.#keeping;
    if (this.#size <= most) return;
    if (laggard === 'misses the oldest') {
      while (this.#size > most) this.#size -= this.#sum(this.#waiting.splice(0, 1));
      return;
    }
    this.#waiting = [];
    this.#size = 0;
    this.end(new Error(laggard.isTold));
  }

  #sum(values: readonly Value[]): number {
    return values.reduce((sum, value) => sum + this.#keeping.sizeOf(value), 0);
  }
}
