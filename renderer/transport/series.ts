/** How far back the page remembers by itself; history beyond comes from the backend. */
export const rememberedMs = 15 * 60_000;
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
 * hold and then overwrites the oldest. A gap is NaN inside and null outside.
 */
export class Series {
  #at = new Float64Array(firstCapacity);
  #columns: Float32Array[];
  #start = 0;
  #length = 0;

  constructor(columns: number) {
    this.#columns = Array.from({ length: columns }, () => new Float32Array(firstCapacity));
  }

  get length(): number {
    return this.#length;
  }

  get latestAt(): number | undefined {
    return this.#length === 0 ? undefined : this.#at[this.#place(this.#length - 1)];
  }

  /** Adds a row; one that is not newer than the last is a repetition and is left out. */
  add(at: number, values: readonly (number | null)[]): boolean {
    const latest = this.latestAt;
    if (latest !== undefined && at <= latest) return false;
    this.#forget(at - rememberedMs);
    if (this.#length === this.#at.length) this.#makeRoom();
    const place = this.#place(this.#length);
    this.#at[place] = at;
    for (const [index, column] of this.#columns.entries()) column[place] = values[index] ?? Number.NaN;
    this.#length += 1;
    return true;
  }

  /** The newest measured value of a column, or undefined where the newest row has none. */
  latest(column: number): number | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#columns[column]?.[this.#place(this.#length - 1)];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** Oldest first. Where rows are missing for long, a gap stands between their neighbours. */
  points(column: number): readonly Point[] {
    const values = this.#columns[column];
    if (values === undefined) return [];
    const usualMs = this.#usualDistanceMs();
    const points: Point[] = [];
    let before: number | undefined;
    for (let index = 0; index < this.#length; index += 1) {
      const place = this.#place(index);
      const at = this.#at[place] ?? 0;
      const value = values[place] ?? Number.NaN;
      if (before !== undefined && at - before > usualMs * 3.5)
        points.push({ at: (before + at) / 2, value: null });
      points.push({ at, value: Number.isNaN(value) ? null : value });
      before = at;
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
