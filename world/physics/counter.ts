/**
 * A counter that grows at a constant rate until it is told another. Reading it changes nothing and it is anchored anew
 * only where its rate really changes, so its value hangs on what happened and not on how often anybody looked.
 */
export interface Counter {
  readonly sinceMs: number;
  /** What it read then. */
  readonly value: number;
  readonly perSecond: number;
}

export function counterFrom(atMs: number, value = 0, perSecond = 0): Counter {
  return { sinceMs: atMs, value, perSecond };
}

export function readCounter(counter: Counter, atMs: number): number {
  return counter.value + (counter.perSecond * Math.max(0, atMs - counter.sinceMs)) / 1000;
}

/** The same counter where the rate is what it was. */
export function changeRate(counter: Counter, atMs: number, perSecond: number): Counter {
  if (perSecond === counter.perSecond) return counter;
  return { sinceMs: atMs, value: readCounter(counter, atMs), perSecond };
}
