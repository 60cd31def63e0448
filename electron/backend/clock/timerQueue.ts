/** Something that is to happen once, at `dueMs` of the clock that it waits by. */
export class QueuedTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
  /** In the queue's heap; -1 once it is in none. */
  place = -1;

  constructor(dueMs: number, order: number, callback: () => void) {
    this.dueMs = dueMs;
    this.order = order;
    this.callback = callback;
  }
}

/** A heap by time, then by when it was put in: a thousand hosts wait for answers at once, each with its deadline. */
export class TimerQueue {
  readonly #heap: QueuedTimer[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The order of the one that was put in last. */
  get newest(): number {
    return this.#order;
  }

  first(): QueuedTimer | undefined {
    return this.#heap[0];
  }

  add(dueMs: number, callback: () => void): QueuedTimer {
    this.#order += 1;
    const timer = new QueuedTimer(dueMs, this.#order, callback);
    this.#heap.push(timer);
    this.#rise(timer, this.#heap.length - 1);
    return timer;
  }

  /** False where it is not there any more. */
  remove(timer: QueuedTimer): boolean {
    const { place } = timer;
    if (this.#heap[place] !== timer) return false;
    timer.place = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === timer) return true;
    this.#rise(last, place);
    this.#sink(last, last.place);
    return true;
  }

  clear(): void {
    for (const timer of this.#heap) timer.place = -1;
    this.#heap.length = 0;
  }

  #rise(timer: QueuedTimer, from: number): void {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#heap[parentPlace];
      if (parent === undefined || !isBefore(timer, parent)) break;
      this.#put(parent, place);
      place = parentPlace;
    }
    this.#put(timer, place);
  }

  #sink(timer: QueuedTimer, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, timer)) break;
      const childPlace = child.place;
      this.#put(child, place);
      place = childPlace;
    }
    this.#put(timer, place);
  }

  #put(timer: QueuedTimer, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }
}

function isBefore(one: QueuedTimer, other: QueuedTimer): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
