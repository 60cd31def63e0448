/**
 * What each of many that share one capacity gets at most, so that all of it is given away and nobody gets more than it
 * asks for: their max-min fair shares are `min(ask, level)`. Infinite where all asks fit. Asks are not negative.
 */
export function waterLevel(capacity: number, asks: ArrayLike<number>): number {
  let asked = 0;
  for (let index = 0; index < asks.length; index += 1) asked += asks[index] ?? 0;
  if (asked <= capacity) return Number.POSITIVE_INFINITY;
  const sorted = Float64Array.from(asks).sort();
  let left = Math.max(0, capacity);
  for (let index = 0; index < sorted.length; index += 1) {
    const ask = sorted[index] ?? 0;
    const level = left / (sorted.length - index);
    if (ask >= level) return level;
    left -= ask;
  }
  return Number.POSITIVE_INFINITY;
}
