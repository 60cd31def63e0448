import type { Point } from '../transport/series.ts';

export type ChartRow = { readonly at: number } & Readonly<Record<string, number | null>>;

/** Lines of one sweep share their times, so they are joined by them; where one has no point it has a gap. */
export function joinPoints(
  lines: readonly { readonly key: string; readonly points: readonly Point[] }[],
): readonly ChartRow[] {
  const rows = new Map<number, Record<string, number | null>>();
  for (const { key, points } of lines) {
    for (const { at, value } of points) {
      const row = rows.get(at) ?? {};
      row[key] = value;
      rows.set(at, row);
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([at, row]) => ({ ...row, at }));
}

export function lastMeasured(
  points: readonly Point[],
): { readonly at: number; readonly value: number } | undefined {
  for (let index = points.length - 1; index >= 0; index -= 1) {
    const point = points[index];
    if (point !== undefined && point.value !== null) return { at: point.at, value: point.value };
  }
  return undefined;
}

const distances = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000,
];

/** Round moments between two, three to six of them, the ends left free. */
export function timeTicks(from: number, to: number): number[] {
  const span = to - from;
  const distance =
    distances.find((each) => span / each <= 5.5) ?? 3_600_000 * Math.ceil(span / (5 * 3_600_000));
  const ticks: number[] = [];
  for (let at = Math.ceil(from / distance) * distance; at <= to; at += distance) ticks.push(at);
  return ticks;
}
