const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How far back the page remembers by itself; history beyond comes from the backend. */
export const rememberedMs = 15 * minuteMs;
/** Simulated time may run at x600: what is measured each real second then stands ten minutes apart. */
export const simulatedReachMs = 24 * hourMs;
const windowsMs = [
  2 * minuteMs,
  5 * minuteMs,
  rememberedMs,
  hourMs,
  3 * hourMs,
  8 * hourMs,
  simulatedReachMs,
];
/** As many rows as 15 minutes hold at the usual cadence of real hosts. */
const rowsWorthKeeping = rememberedMs / 2000;
/** A simulated clock that slows down while a VM moves does not wipe the chart of what was before. */
const fewestRows = 60;
/** So many usual distances between two rows, and sweeps are missing there. */
const missing = 3.5;
/** Of a stretch of time that is asked for, what has to be known of it. */
const nearly = 0.9;
const firstCapacity = 64;
const mostPoints = 2048;
/** Of all VMs or all hosts together, where there are so many that each has to do with less. */
const rowsOfAll = 640_000;

/** How many rows each of so many series may remember. */
export const rowsOfEach = (series: number): number =>
  Math.min(mostPoints, Math.max(firstCapacity, Math.floor(rowsOfAll / Math.max(1, series))));

/** What a quantity was over a stretch of time. */
export interface Stretch {
  readonly mean: number;
  readonly first: number;
  readonly last: number;
}

export interface Point {
  /** The cluster's clock, milliseconds. */
  readonly at: number;
  /** null is a gap, never zero. */
  readonly value: number | null;
}

/**
 * Measurements of one thing as columns in a ring: times once, then one column a quantity. Grows to what 15 minutes
 * hold (of simulated time that runs fast: as many rows as 15 minutes usually do) and then overwrites the oldest. What was not measured is NaN inside; outside it is null, a gap, unless the
 * column is one that rests for so many rows between two measurements.
 */
export class Series {
  #at = new Float64Array(firstCapacity);
  #columns: Float32Array[];
  readonly #rests: readonly number[];
  #start = 0;
  #length = 0;

  /** `rests`: for each column how many rows without a value are usual between two that have one. */
  constructor(rests: readonly number[]) {
    this.#rests = rests;
    this.#columns = rests.map(() => new Float32Array(firstCapacity));
  }

  get length(): number {
    return this.#length;
  }

  get latestAt(): number | undefined {
    return this.#length === 0 ? undefined : this.#at[this.#place(this.#length - 1)];
  }

  /** The shortest of a few lengths of time that holds everything remembered: a fresh chart is not nearly all empty. */
  get windowMs(): number {
    return windowFor((this.latestAt ?? 0) - (this.oldestAt ?? 0));
  }

  get oldestAt(): number | undefined {
    return this.#length === 0 ? undefined : this.#at[this.#start];
  }

  /**
   * Adds a row; one that is not newer than the last is a repetition and is left out. One that is older than all that
   * is remembered comes after a clock that was set back, and begins anew. Up to `reachMs` is remembered where rows
   * come so seldom that 15 minutes hold too few to draw; `mostRows` where there are very many such series.
   */
  add(
    at: number,
    values: readonly (number | null)[],
    reachMs: number = rememberedMs,
    mostRows: number = mostPoints,
  ): boolean {
    const latest = this.latestAt;
    if (latest !== undefined && at <= latest) {
      if (latest - at <= rememberedMs) return false;
      this.#length = 0;
    }
    this.#forget(at - this.#reachMs(at, reachMs), reachMs > rememberedMs ? fewestRows : 0);
    while (this.#length >= mostRows) this.#dropOldest();
    if (this.#length === this.#at.length) this.#makeRoom();
    const place = this.#place(this.#length);
    this.#at[place] = at;
    for (let index = 0; index < this.#columns.length; index += 1) {
      const column = this.#columns[index];
      if (column !== undefined) column[place] = values[index] ?? Number.NaN;
    }
    this.#length += 1;
    return true;
  }

  /** The value of a column that holds now, or undefined where its turn came and it was not measured. */
  latest(column: number): number | undefined {
    const oldest = Math.max(0, this.#length - 1 - (this.#rests[column] ?? 0));
    for (let index = this.#length - 1; index >= oldest; index -= 1) {
      const value = this.#columns[column]?.[this.#place(index)];
      if (value !== undefined && !Number.isNaN(value)) return value;
    }
    return undefined;
  }

  /**
   * What a column was over the last so many milliseconds, gaps left out; undefined where what is remembered of it does
   * not reach nearly so far back. Cheap enough to be asked of every host.
   */
  over(column: number, lastMs: number): Stretch | undefined {
    const until = this.latestAt ?? 0;
    let [count, sum, first, last, from] = [0, 0, 0, 0, until];
    for (let index = this.#length - 1; index >= 0; index -= 1) {
      const place = this.#place(index);
      const at = this.#at[place] ?? 0;
      if (at < until - lastMs) break;
      const value = this.#columns[column]?.[place] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (count === 0) last = value;
      [first, from] = [value, at];
      count += 1;
      sum += value;
    }
    return count === 0 || until - from < lastMs * nearly ? undefined : { mean: sum / count, first, last };
  }

  /** Oldest first. Where rows are missing for long, a gap stands between their neighbours. */
  points(column: number): readonly Point[] {
    const values = this.#columns[column];
    if (values === undefined) return [];
    const rests = this.#rests[column] ?? 0;
    const points: Point[] = [];
    let before: number | undefined;
    let shortestMs = Number.POSITIVE_INFINITY;
    let resting = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const place = this.#place(index);
      const at = this.#at[place] ?? 0;
      const value = values[place] ?? Number.NaN;
      if (before !== undefined) {
        const distanceMs = at - before;
        shortestMs = Math.min(shortestMs, distanceMs);
        // Only a distance that stands out at all is worth comparing with its neighbours.
        if (distanceMs > shortestMs * missing && distanceMs > this.#usualDistanceMs(index) * missing)
          points.push({ at: (before + at) / 2, value: null });
      }
      before = at;
      resting = Number.isNaN(value) ? resting + 1 : 0;
      if (resting === 0 || resting > rests) points.push({ at, value: resting === 0 ? value : null });
    }
    return points;
  }

  #place(index: number): number {
    return (this.#start + index) % this.#at.length;
  }

  #forget(before: number, keptRows: number): void {
    while (this.#length > keptRows && (this.#at[this.#start] ?? 0) < before) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#start = (this.#start + 1) % this.#at.length;
    this.#length -= 1;
  }

  #makeRoom(): void {
    if (this.#at.length >= mostPoints) return this.#dropOldest();
    const grown = new Float64Array(this.#at.length * 2);
    for (let index = 0; index < this.#length; index += 1) grown[index] = this.#at[this.#place(index)] ?? 0;
    this.#columns = this.#columns.map((column) => {
      const larger = new Float32Array(column.length * 2);
      for (let index = 0; index < this.#length; index += 1)
        larger[index] = column[this.#place(index)] ?? Number.NaN;
      return larger;
    });
    this.#at = grown;
    this.#start = 0;
  }

  /** How far back a row at this time leaves something to remember. */
  #reachMs(at: number, farthestMs: number): number {
    if (farthestMs <= rememberedMs || this.#length === 0) return rememberedMs;
    const distances = [
      at - this.#atRow(this.#length - 1),
      ...this.#distances(this.#length - 2, this.#length),
    ];
    // The larger of the newest distance and the usual one: neither a fast clock that was just chosen nor one sweep that
    // came soon throws away what is still worth drawing.
    const cadenceMs = Math.max(distances[0] ?? 0, median(distances));
    return Math.min(farthestMs, Math.max(rememberedMs, cadenceMs * rowsWorthKeeping));
  }

  /**
   * What "no gap" looks like before the row: the larger of the usual distances just before and just after, so that a
   * simulated clock whose speed was changed is not mistaken for hosts that were silent.
   */
  #usualDistanceMs(row: number): number {
    const before = median(this.#distances(row - 3, row));
    const after = median(this.#distances(row + 1, row + 4));
    return Math.max(before, after) || Number.POSITIVE_INFINITY;
  }

  /** From each of these rows to the one before it. */
  #distances(fromRow: number, toRow: number): number[] {
    const distances: number[] = [];
    for (let row = Math.max(1, fromRow); row < Math.min(toRow, this.#length); row += 1) {
      distances.push(this.#atRow(row) - this.#atRow(row - 1));
    }
    return distances;
  }

  #atRow(row: number): number {
    return this.#at[this.#place(row)] ?? 0;
  }
}

/** The shortest of a few lengths of time that holds so much. */
export const windowFor = (heldMs: number): number =>
  windowsMs.find((each) => each >= heldMs) ?? simulatedReachMs;

/** 0 of none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
