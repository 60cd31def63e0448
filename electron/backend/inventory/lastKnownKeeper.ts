import type { HostId } from '#shared/model/ids.ts';
import type { Clock } from '../clock/clock.ts';
import type { LastKnown } from '../store/hostRecords.ts';

/** Where the last word of a host is kept, to be shown until it answers again and for restart if it never does. */
export interface LastKnownStore {
  lastKnown(id: HostId): LastKnown | undefined;
  /** All of them or none, in one write to the disk. */
  saveLastKnown(all: ReadonlyMap<HostId, LastKnown>): void;
}

/** A host is written at most so often: what is kept is for the next start, not for the next second. */
const keepEveryMs = 10_000;
/** So many are written at once, so that nobody waits for a thousand of them. */
const writtenAtOnce = 50;
const betweenWritesMs = 100;

/** Writes down what hosts last said, some time after they said it, several hosts together. */
export class LastKnownKeeper {
  readonly #clock: Clock;
  readonly #store: LastKnownStore;
  readonly #lastKnown: (id: HostId) => LastKnown | undefined;
  /** Oldest first; by the clock's `elapsed`, when each is to be written. */
  readonly #due = new Map<HostId, number>();
  #takeWrite: (() => void) | undefined;

  /** `lastKnown`: what is to be written of it by now; undefined for a host that is gone. */
  constructor(input: {
    readonly clock: Clock;
    readonly store: LastKnownStore;
    readonly lastKnown: (id: HostId) => LastKnown | undefined;
  }) {
    this.#clock = input.clock;
    this.#store = input.store;
    this.#lastKnown = input.lastKnown;
  }

  keep(id: HostId): void {
    if (this.#due.has(id)) return;
    this.#due.set(id, this.#clock.elapsed() + keepEveryMs);
    this.#takeWrite ??= this.#clock.after(keepEveryMs, () => this.#writeDue());
  }

  forget(id: HostId): void {
    this.#due.delete(id);
  }

  /** Writes all that waits. */
  close(): void {
    this.#takeWrite?.();
    this.#takeWrite = undefined;
    this.#write([...this.#due.keys()]);
  }

  #writeDue(): void {
    this.#takeWrite = undefined;
    const now = this.#clock.elapsed();
    const ids: HostId[] = [];
    let waitMs: number | undefined;
    for (const [id, dueMs] of this.#due) {
      if (dueMs <= now && ids.length < writtenAtOnce) ids.push(id);
      else {
        waitMs = Math.max(betweenWritesMs, dueMs - now);
        break;
      }
    }
    this.#write(ids);
    if (waitMs !== undefined) this.#takeWrite = this.#clock.after(waitMs, () => this.#writeDue());
  }

  #write(ids: readonly HostId[]): void {
    const all = new Map<HostId, LastKnown>();
    for (const id of ids) {
      this.#due.delete(id);
      const known = this.#lastKnown(id);
      if (known !== undefined) all.set(id, known);
    }
    if (all.size === 0) return;
    try {
      this.#store.saveLastKnown(all);
    } catch (thrown) {
      // A full disk costs what would have been shown at the next start, never the console.
      console.error(thrown instanceof Error ? thrown.message : thrown);
    }
  }
}
