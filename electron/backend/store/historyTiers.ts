/**
 * How history is kept: for each subject (a cluster, a host, a VM) a ring of chunks in each of four tiers, from as it was
 * measured to five minutes a row. A ring is written round and round, so a subject never takes more room than its rings
 * have, however long Drover runs. Times are of the cluster's clock.
 */
export interface Tier {
  readonly index: number;
  /** What one row stands for; 0: a measurement as it came. */
  readonly stepMs: number;
  /** What one chunk, which is one row of the database, holds. */
  readonly chunkMs: number;
  readonly slots: number;
  /** Its first slot among those of all tiers. */
  readonly firstSlot: number;
  /** Sweeps that are farther apart than this would leave most of its rows empty, and are kept in coarser tiers only. */
  readonly widestMs: number;
}

const minute = 60_000;

export const tiers: readonly Tier[] = [
  { index: 0, stepMs: 0, chunkMs: minute, slots: 20, firstSlot: 0, widestMs: 15_000 },
  { index: 1, stepMs: 15_000, chunkMs: 2 * minute, slots: 40, firstSlot: 20, widestMs: 15_000 },
  { index: 2, stepMs: minute, chunkMs: 5 * minute, slots: 80, firstSlot: 60, widestMs: minute },
  { index: 3, stepMs: 5 * minute, chunkMs: 15 * minute, slots: 100, firstSlot: 140, widestMs: Infinity },
];
export const slotsOfAllTiers = 240;

/** How far back a tier reaches for certain: its oldest chunk may be half overwritten. */
export const reachMs = (tier: Tier): number => tier.chunkMs * (tier.slots - 1);

/** Chunks of one moment lie side by side in the file, so that writing all subjects touches few pages. */
const subjectsAtMost = 2 ** 20;
export const placeOf = (tier: Pick<Tier, 'firstSlot'>, slot: number, subject: number): number =>
  (tier.firstSlot + slot) * subjectsAtMost + subject;

export const slotAt = (tier: Tier, at: number): number => {
  const slot = Math.floor(at / tier.chunkMs) % tier.slots;
  return slot < 0 ? slot + tier.slots : slot;
};

/** Numbers of one row: its distance from the chunk's begin, then each metric; of a rolled-up one mean, least, greatest. */
export const rowWidth = (tier: Tier, metrics: number): number => 1 + metrics * (tier.stepMs === 0 ? 1 : 3);

/** One row as it is read: NaN where nothing was measured. */
export interface HistoryRow {
  readonly at: number;
  /** What it stands for, milliseconds. */
  readonly stepMs: number;
  readonly mean: ArrayLike<number>;
  readonly least: ArrayLike<number>;
  readonly greatest: ArrayLike<number>;
}

export function readChunk(
  tier: Tier,
  metrics: number,
  chunkAt: number,
  cells: Float32Array,
): readonly HistoryRow[] {
  const width = rowWidth(tier, metrics);
  const rows: HistoryRow[] = [];
  for (let start = 0; start + width <= cells.length; start += width) {
    const part = (index: number) =>
      cells.subarray(start + 1 + index * metrics, start + 1 + (index + 1) * metrics);
    const mean = part(0);
    const [least, greatest] = tier.stepMs === 0 ? [mean, mean] : [part(1), part(2)];
    rows.push({ at: chunkAt + (cells[start] ?? 0), stepMs: tier.stepMs, mean, least, greatest });
  }
  return rows;
}
