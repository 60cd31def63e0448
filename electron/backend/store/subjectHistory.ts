import { rowWidth, type Tier, tiers } from './historyTiers.ts';

/** So many cadences without a row, and there is a gap; as the page has it. */
const missing = 3.5;
const firstRows = 32;
/** A row that is older than the last by less than this is a repetition. */
const repeatedMs = 60_000;

export interface Chunk {
  readonly tier: Tier;
  readonly at: number;
  readonly cells: Float32Array;
}

interface Open {
  readonly tier: Tier;
  chunkAt: number;
  cells: Float32Array;
  used: number;
  bucketAt: number;
  counts: Float64Array;
  sums: Float64Array;
  least: Float64Array;
  greatest: Float64Array;
}

/** One subject's measurements on their way into history: rolled up as they come, handed on a chunk at a time. */
export class SubjectHistory {
  readonly #metrics: number;
  /** For each column how many rows without a value are usual; until then the last one stands. */
  readonly #rests: readonly number[];
  readonly #held: Float64Array;
  readonly #rested: Uint8Array;
  readonly #row: Float64Array;
  readonly #open: readonly Open[];
  #lastAt: number | undefined;
  #lastEveryMs = 0;

  constructor(rests: readonly number[]) {
    this.#metrics = rests.length;
    this.#rests = rests;
    this.#held = new Float64Array(rests.length).fill(Number.NaN);
    this.#rested = new Uint8Array(rests.length);
    this.#row = new Float64Array(rests.length);
    const numbers = () => new Float64Array(rests.length);
    this.#open = tiers.map((tier) => ({
      tier,
      chunkAt: Number.NaN,
      cells: new Float32Array(0),
      used: 0,
      bucketAt: Number.NaN,
      counts: numbers(),
      sums: numbers(),
      least: numbers(),
      greatest: numbers(),
    }));
  }

  get lastAt(): number | undefined {
    return this.#lastAt;
  }

  /** `everyMs`: how far rows are apart just now. What becomes complete by this row is handed to `complete`. */
  add(
    at: number,
    value: (column: number) => number | null,
    everyMs: number,
    complete: (chunk: Chunk) => void,
  ): void {
    const last = this.#lastAt;
    // Told twice, or a clock that was set back a little.
    if (last !== undefined && at <= last && last - at < repeatedMs) return;
    // What was before this run of Drover nobody watched the end of.
    const gap = last === undefined || at < last || at - last > missing * Math.max(everyMs, this.#lastEveryMs);
    this.#lastAt = at;
    this.#lastEveryMs = everyMs;
    for (let column = 0; column < this.#metrics; column += 1) this.#hold(column, value(column), gap);
    for (const open of this.#open) {
      if (everyMs > open.tier.widestMs) continue;
      if (open.tier.stepMs === 0) {
        if (gap) this.#push(open, Math.max(at - everyMs, chunkOf(open.tier, at)), undefined, complete);
        this.#push(open, at, this.#row, complete);
      } else {
        this.#roll(open, at, gap, complete);
      }
    }
  }

  /** All that is under way, unfinished rows included; the next row begins anew. */
  close(complete: (chunk: Chunk) => void): void {
    for (const open of this.#open) {
      this.#endBucket(open, complete);
      this.#endChunk(open, complete);
    }
    this.#lastAt = undefined;
  }

  /** What has not been handed on yet. */
  unfinished(): readonly Chunk[] {
    return this.#open.flatMap((open) => {
      const copy = {
        ...open,
        cells: open.cells.slice(),
        counts: open.counts.slice(),
        sums: open.sums.slice(),
      };
      const chunks: Chunk[] = [];
      this.#endBucket(copy, (chunk) => chunks.push(chunk));
      this.#endChunk(copy, (chunk) => chunks.push(chunk));
      return chunks;
    });
  }

  #hold(column: number, value: number | null, gap: boolean): void {
    if (gap) this.#held[column] = Number.NaN;
    if (value !== null) {
      this.#held[column] = value;
      this.#rested[column] = 0;
    } else {
      const rested = (this.#rested[column] ?? 0) + 1;
      this.#rested[column] = Math.min(rested, 255);
      if (rested > (this.#rests[column] ?? 0)) this.#held[column] = Number.NaN;
    }
    this.#row[column] = this.#held[column] ?? Number.NaN;
  }

  #roll(open: Open, at: number, gap: boolean, complete: (chunk: Chunk) => void): void {
    const bucketAt = Math.floor(at / open.tier.stepMs) * open.tier.stepMs;
    if (bucketAt !== open.bucketAt) {
      const before = open.bucketAt;
      this.#endBucket(open, complete);
      const between = bucketAt - open.tier.stepMs;
      if (gap && !(before >= between)) this.#push(open, between, undefined, complete);
      open.bucketAt = bucketAt;
    }
    for (let column = 0; column < this.#metrics; column += 1) {
      const value = this.#row[column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const first = open.counts[column] === 0;
      open.counts[column] = (open.counts[column] ?? 0) + 1;
      open.sums[column] = (open.sums[column] ?? 0) + value;
      open.least[column] = first ? value : Math.min(open.least[column] ?? value, value);
      open.greatest[column] = first ? value : Math.max(open.greatest[column] ?? value, value);
    }
  }

  #endBucket(open: Open, complete: (chunk: Chunk) => void): void {
    if (Number.isNaN(open.bucketAt)) return;
    this.#push(open, open.bucketAt, open, complete);
    open.counts.fill(0);
    open.sums.fill(0);
    open.bucketAt = Number.NaN;
  }

  /** `values`: those of a row as it came, what was rolled up, or undefined for a gap. */
  #push(
    open: Open,
    at: number,
    values: Float64Array | Open | undefined,
    complete: (chunk: Chunk) => void,
  ): void {
    const chunkAt = chunkOf(open.tier, at);
    if (chunkAt !== open.chunkAt) {
      this.#endChunk(open, complete);
      open.chunkAt = chunkAt;
    }
    const width = rowWidth(open.tier, this.#metrics);
    if (open.used + width > open.cells.length) {
      const grown = new Float32Array(Math.max(width * firstRows, open.cells.length * 2));
      grown.set(open.cells);
      open.cells = grown;
    }
    const { cells, used } = open;
    cells.fill(Number.NaN, used, used + width);
    cells[used] = at - chunkAt;
    if (values instanceof Float64Array) cells.set(values, used + 1);
    else if (values !== undefined) {
      for (let column = 0; column < this.#metrics; column += 1) {
        const count = values.counts[column] ?? 0;
        if (count === 0) continue;
        cells[used + 1 + column] = (values.sums[column] ?? 0) / count;
        cells[used + 1 + this.#metrics + column] = values.least[column] ?? Number.NaN;
        cells[used + 1 + 2 * this.#metrics + column] = values.greatest[column] ?? Number.NaN;
      }
    }
    open.used += width;
  }

  #endChunk(open: Open, complete: (chunk: Chunk) => void): void {
    if (open.used > 0) complete({ tier: open.tier, at: open.chunkAt, cells: open.cells.slice(0, open.used) });
    open.used = 0;
  }
}

function chunkOf(tier: Tier, at: number): number {
  return Math.floor(at / tier.chunkMs) * tier.chunkMs;
}
