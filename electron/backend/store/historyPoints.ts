import type { HistoryRow } from './historyTiers.ts';

/** Points ready to be drawn, oldest first; NaN is a gap. */
export interface HistoryPoints {
  readonly stepMs: number;
  readonly at: readonly number[];
  readonly mean: readonly (readonly number[])[];
  readonly least: readonly (readonly number[])[];
  readonly greatest: readonly (readonly number[])[];
}

/** Rows of the tier that was asked for, and where it has none those of coarser ones (sweeps may have been far apart). */
export function stitched(tiersRows: readonly (readonly HistoryRow[])[]): readonly HistoryRow[] {
  let rows: readonly HistoryRow[] = [];
  for (const coarser of tiersRows) {
    const known = rows;
    const added = coarser.filter(
      ({ at, stepMs }) => !known.some((row) => row.at < at + stepMs && row.at + row.stepMs > at),
    );
    rows = known.length === 0 ? coarser : [...known, ...added];
  }
  return [...rows].sort((left, right) => left.at - right.at);
}

/**
 * At most so many points of these columns. Rows that fall into one point are merged: the mean of their means, the least
 * and the greatest of theirs, so that a peak is never averaged away. A point is a gap only where all of its rows are.
 */
export function pointsOf(
  rows: readonly HistoryRow[],
  columns: readonly number[],
  from: number,
  to: number,
  most: number,
): HistoryPoints {
  const kept = trimmed(rows.filter(({ at, stepMs }) => at + stepMs >= from && at <= to));
  const steps = kept.map(({ stepMs }) => stepMs);
  const finest = steps.length === 0 ? 0 : Math.min(...steps);
  const stepMs = kept.length <= most ? finest : roundStep(Math.max(finest, (to - from) / (most - 1)));
  const groups: HistoryRow[][] = [];
  let groupAt: number | undefined;
  for (const row of kept) {
    const at = stepMs === 0 || row.stepMs >= stepMs ? row.at : Math.floor(row.at / stepMs) * stepMs;
    if (at === groupAt) groups.at(-1)?.push(row);
    else groups.push([row]);
    groupAt = at;
  }
  const merged = (
    pick: (row: HistoryRow) => ArrayLike<number>,
    merge: (values: readonly number[]) => number,
  ) =>
    columns.map((column) =>
      groups.map((group) => {
        const values = group
          .map((row) => pick(row)[column] ?? Number.NaN)
          .filter((value) => !Number.isNaN(value));
        return values.length === 0 ? Number.NaN : merge(values);
      }),
    );
  return {
    stepMs,
    at: groups.map(([first]) => {
      const at = first?.at ?? 0;
      return stepMs === 0 || (first?.stepMs ?? 0) >= stepMs ? at : Math.floor(at / stepMs) * stepMs;
    }),
    mean: merged(
      ({ mean }) => mean,
      (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
    ),
    least: merged(
      ({ least }) => least,
      (values) => Math.min(...values),
    ),
    greatest: merged(
      ({ greatest }) => greatest,
      (values) => Math.max(...values),
    ),
  };
}

/** A gap before the first measurement says nothing. */
function trimmed(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  const first = rows.findIndex(({ mean }) => !Array.from(mean).every(Number.isNaN));
  return first < 0 ? [] : rows.slice(first);
}

const roundSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * 1000);

function roundStep(stepMs: number): number {
  return roundSteps.find((each) => each >= stepMs) ?? Math.ceil(stepMs / 3_600_000) * 3_600_000;
}
