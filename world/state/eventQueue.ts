import type { WorldEvent } from './events.ts';
import type { ScheduledEvent } from './state.ts';

/** Either part of the world's state, or something that only this process waits for (a call to be answered). */
export interface QueueEntry {
  readonly at: number;
  readonly order: number;
  readonly event?: WorldEvent;
  readonly run?: () => void;
  cancelled: boolean;
}

/** A heap by time, then by when it was put in: what is due at one moment happens in the order it was asked for. */
export class EventQueue {
  readonly #heap: QueueEntry[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(at: number, what: { readonly event: WorldEvent } | { readonly run: () => void }): QueueEntry {
    this.#order += 1;
    const entry: QueueEntry = { at, order: this.#order, cancelled: false, ...what };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  restore(scheduled: readonly ScheduledEvent[]): void {
    for (const { at, event } of [...scheduled].sort(byTime)) this.add(at, { event });
  }

  /** When the next is due. */
  nextAt(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  take(): QueueEntry | undefined {
    this.#dropCancelled();
    return this.#pop();
  }

  /** What belongs to the state, in order. Numbered anew: how often this process asked the time is nobody's business. */
  scheduled(): readonly ScheduledEvent[] {
    return this.#heap
      .filter((entry): entry is QueueEntry & { readonly event: WorldEvent } => entry.event !== undefined)
      .sort(byTime)
      .map(({ at, event }, order) => ({ at, order, event }));
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled === true) this.#pop();
  }

  #pop(): QueueEntry | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(index: number): void {
    for (let at = index; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLater(parent, at)) return;
      at = parent;
    }
  }

  #sink(index: number): void {
    for (let at = index; ; ) {
      const left = 2 * at + 1;
      const [one, other] = [this.#heap[left], this.#heap[left + 1]];
      if (one === undefined) return;
      const least = other !== undefined && byTime(other, one) < 0 ? left + 1 : left;
      if (!this.#swapIfLater(at, least)) return;
      at = least;
    }
  }

  #swapIfLater(upper: number, lower: number): boolean {
    const [above, below] = [this.#heap[upper], this.#heap[lower]];
    if (above === undefined || below === undefined || byTime(above, below) <= 0) return false;
    this.#heap[upper] = below;
    this.#heap[lower] = above;
    return true;
  }
}

function byTime(
  one: { readonly at: number; readonly order: number },
  other: { readonly at: number; readonly order: number },
): number {
  return one.at - other.at || one.order - other.order;
}
