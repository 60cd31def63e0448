/** How far back the page remembers by itself; history beyond comes from the backend. */
export const rememberedMs = 15 * 60_000;
const windowsMs = [2 * 60_000, 5 * 60_000, rememberedMs];
const firstCapacity = 64;
const mostPoints = 2048;

export interface Point {
  /** Wall clock, milliseconds. */
  readonly at: number;
  /** null is a gap, never zero. */
  readonly value: number | null;
}

/**
 * Measurements of one thing as columns in a ring: times once, then one column a quantity. Grows to what 15 minutes
 * hold and then overwrites the oldest. What was not measured is NaN inside; outside it is null, a gap, unless the
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
    const heldMs = (this.latestAt ?? 0) - (this.#at[this.#start] ?? 0);
    return windowsMs.find((each) => each >= heldMs) ?? rememberedMs;
  }

  /**
   * Adds a row; one that is not newer than the last is a repetition and is left out. One that is older than all that
   * is remembered comes after a clock that was set back, and begins anew.
   */
  add(at: number, values: readonly (number | null)[]): boolean {
    const latest = this.latestAt;
    if (latest !== undefined && at <= latest) {
      if (latest - at <= rememberedMs) return false;
      this.#length = 0;
    }
    this.#forget(at - rememberedMs);
    if (this.#length === this.#at.length) this.#makeRoom();
    const place = this.#place(this.#length);
    this.#at[place] = at;
    for (const [index, column] of this.#columns.entries()) column[place] = values[index] ?? Number.NaN;
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

  /** Oldest first. Where rows are missing for long, a gap stands between their neighbours. */
  points(column: number): readonly Point[] {
    const values = this.#columns[column];
    if (values === undefined) return [];
    const usualMs = this.#usualDistanceMs();
    const rests = this.#rests[column] ?? 0;
    const points: Point[] = [];
    let before: number | undefined;
    let resting = 0;
    for (let index = 0; index < this.#length; index += 1) {
      const place = this.#place(index);
      const at = this.#at[place] ?? 0;
      const value = values[place] ?? Number.NaN;
      if (before !== undefined && at - before > usualMs * 3.5)
        points.push({ at: (before + at) / 2, value: null });
      before = at;
      resting = Number.isNaN(value) ? resting + 1 : 0;
      if (resting === 0 || resting > rests) points.push({ at, value: resting === 0 ? value : null });
    }
    return points;
  }

  #place(index: number): number {
    return (this.#start + index) % this.#at.length;
  }

  #forget(before: number): void {
    while (this.#length > 0 && (this.#at[this.#start] ?? 0) < before) {
      this.#start = (this.#start + 1) % this.#at.length;
      this.#length -= 1;
    }
  }

  #makeRoom(): void {
    if (this.#at.length >= mostPoints) {
      this.#start = (this.#start + 1) % this.#at.length;
      this.#length -= 1;
      return;
    }
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

  /** The median distance of the last rows: what "no gap" looks like at the present cadence. */
  #usualDistanceMs(): number {
    const distances: number[] = [];
    for (let index = Math.max(1, this.#length - 31); index < this.#length; index += 1) {
      distances.push((this.#at[this.#place(index)] ?? 0) - (this.#at[this.#place(index - 1)] ?? 0));
    }
    distances.sort((a, b) => a - b);
    return distances[Math.floor(distances.length / 2)] ?? Number.POSITIVE_INFINITY;
  }
}
