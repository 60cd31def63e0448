import type { LiveMessage, LivePatch, LiveState } from '#shared/model/live.ts';

/** Messages that wait for whoever iterates; ended, the iteration ends. */
export class Feed<Message> {
  readonly #waiting: Message[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(message: Message): void {
    this.#waiting.push(message);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *iterate(signal: AbortSignal | undefined): AsyncGenerator<Message, void> {
    const stop = (): void => this.end();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#ended) {
        const next = this.#waiting.shift();
        if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
        else yield next;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}

/** Tells every watcher the same patches, each with numbers of its own. */
export class LiveFeed {
  readonly #watchers = new Map<Feed<LiveMessage>, number>();
  #skipNext = 0;

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** As if this many messages were lost on the way, for tests of the resync. */
  loseNext(count: number): void {
    this.#skipNext += count;
  }

  tell(patches: readonly LivePatch[]): void {
    const lost = this.#skipNext > 0;
    if (lost) this.#skipNext -= 1;
    for (const [feed, sequence] of this.#watchers) {
      this.#watchers.set(feed, sequence + 1);
      if (!lost) feed.push({ kind: 'patches', sequence: sequence + 1, patches });
    }
  }

  async *watch(
    snapshot: () => LiveState,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LiveMessage, void> {
    const feed = new Feed<LiveMessage>();
    this.#watchers.set(feed, 0);
    feed.push({ kind: 'snapshot', sequence: 0, state: snapshot() });
    try {
      yield* feed.iterate(signal);
    } finally {
      this.#watchers.delete(feed);
    }
  }
}
