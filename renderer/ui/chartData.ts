import type { Point } from '../transport/series.ts';
import type { ChartLine, ChartPoint, TimeChartProps } from './timeChartTypes.ts';

export type ChartRow = { readonly at: number } & Readonly<
  Record<string, number | null | readonly [number, number]>
>;

type Row = { at: number } & Record<string, number | null | readonly [number, number]>;

/**
 * Rows for a chart that has room for so many. Lines are joined by their times; where a line was measured more seldom
 * than another its own straight way is kept, and a gap stays a gap. Of more rows than there is room for each stretch of
 * time keeps the least and the greatest of each line, so that no peak is lost.
 */
export function chartRows(
  lines: readonly { readonly key: string; readonly points: readonly ChartPoint[] }[],
  most: number,
): readonly ChartRow[] {
  const longest = Math.max(0, ...lines.map(({ points }) => points.length));
  if (longest <= most) return joined(lines);
  const from = Math.min(...lines.map(({ points }) => points[0]?.at ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...lines.map(({ points }) => points.at(-1)?.at ?? Number.NEGATIVE_INFINITY));
  const stepMs = (to - from) / Math.max(1, Math.floor(most / 2));
  return joined(lines.map(({ key, points }) => ({ key, points: thinned(points, from, stepMs) })));
}

/** Two points a stretch: its least and its greatest in the order in which they came; one where that is all it has. */
function thinned(points: readonly ChartPoint[], from: number, stepMs: number): readonly ChartPoint[] {
  const kept: ChartPoint[] = [];
  const within = (at: number) => Math.min(at, points.at(-1)?.at ?? at);
  let bucket = Number.NaN;
  let here: ChartPoint[] = [];
  const end = () => {
    const measured = here.filter(({ value }) => value !== null);
    const start = from + bucket * stepMs;
    const [first] = measured;
    if (first === undefined) {
      if (here.length > 0) kept.push({ at: start, value: null });
      return;
    }
    let [least, greatest] = [first, first];
    for (const point of measured) {
      if ((point.value ?? 0) < (least.value ?? 0)) least = point;
      if ((point.value ?? 0) > (greatest.value ?? 0)) greatest = point;
    }
    const pair = least.at <= greatest.at ? [least, greatest] : [greatest, least];
    if (least === greatest) kept.push({ ...least, at: within(start + stepMs / 4) });
    else
      for (const [index, point] of pair.entries())
        kept.push({ ...point, at: within(start + stepMs * (index ? 0.75 : 0.25)) });
  };
  for (const point of points) {
    const next = Math.floor((point.at - from) / stepMs);
    if (next !== bucket) {
      end();
      bucket = next;
      here = [];
    }
    here.push(point);
  }
  end();
  const last = lastMeasured(points);
  const ending = kept.at(-1);
  // What is printed at the end of a line is where the line ends.
  if (last !== undefined && ending !== undefined && ending.value !== null && ending.at < last.at)
    kept.push(last);
  return kept;
}

function joined(
  lines: readonly { readonly key: string; readonly points: readonly ChartPoint[] }[],
): readonly ChartRow[] {
  const rows = new Map<number, Row>();
  for (const { points } of lines) for (const { at } of points) if (!rows.has(at)) rows.set(at, { at });
  const ordered = [...rows.values()].sort((a, b) => a.at - b.at);
  for (const { key, points } of lines) {
    let next = 0;
    for (const row of ordered) {
      while (next < points.length && (points[next]?.at ?? 0) < row.at) next += 1;
      const [before, after] = [points[next - 1], points[next]];
      if (after?.at === row.at) {
        row[key] = after.value;
        const { least, greatest } = after;
        if (typeof least === 'number' && typeof greatest === 'number') row[`${key} band`] = [least, greatest];
      } else if (typeof before?.value === 'number' && typeof after?.value === 'number') {
        const share = (row.at - before.at) / (after.at - before.at);
        row[key] = before.value + (after.value - before.value) * share;
      }
    }
  }
  return ordered;
}

/** Where the y axis ends: peaks are within it, too. */
export function topOf({ lines, max, scale }: Pick<TimeChartProps, 'lines' | 'max' | 'scale'>): number {
  if (max !== undefined) return max;
  let greatest = 0;
  for (const { points } of lines)
    for (const point of points) greatest = Math.max(greatest, point.greatest ?? point.value ?? 0);
  return scale.top(greatest);
}

/** Whether two charts draw the same lines. Points are only ever added at the end or forgotten at the beginning. */
export function showsTheSame(
  before: Pick<TimeChartProps, 'from' | 'to' | 'lines'>,
  after: Pick<TimeChartProps, 'from' | 'to' | 'lines'>,
): boolean {
  const [{ lines: old }, { lines }] = [before, after];
  return (
    before.from === after.from &&
    before.to === after.to &&
    old.length === lines.length &&
    old.every((line, index) => {
      const now = lines[index];
      const [last, latest] = [line.points.at(-1), now?.points.at(-1)];
      return (
        line.key === now?.key &&
        line.points.length === now.points.length &&
        line.points[0]?.at === now.points[0]?.at &&
        last?.at === latest?.at &&
        last?.value === latest?.value &&
        last?.greatest === latest?.greatest
      );
    })
  );
}

interface End {
  readonly line: ChartLine;
  readonly at: number;
  readonly value: number;
}

/** The last value of each line, and where its label stands: those that end close together are pushed apart, the lower ones down. */
export function spreadEnds(
  lines: readonly ChartLine[],
  apart: number,
): readonly (End & { readonly labelAt: number })[] {
  const ends = lines.flatMap((line): readonly End[] => {
    const last = lastMeasured(line.points);
    return last === undefined ? [] : [{ line, ...last }];
  });
  // From the bottom up, so that none is pushed below the axis.
  let below = Number.NEGATIVE_INFINITY;
  return [...ends]
    .sort((a, b) => a.value - b.value)
    .map((end) => {
      const labelAt = Math.max(end.value, below + apart);
      below = labelAt;
      return { ...end, labelAt };
    });
}

/** So many points of the same stretch of time, each the greatest of what it stands for; a gap where there was nothing else. */
export function peaksOf(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const from = points[0]?.at ?? 0;
  const stepMs = ((points.at(-1)?.at ?? 0) - from) / (most - 1);
  const peaks: { at: number; value: number | null }[] = [];
  let bucket = -1;
  for (const { at, value } of points) {
    // A moment on the edge belongs to what begins there, whatever the division makes of it.
    const next = Math.floor((at - from) / stepMs + 1e-6);
    const last = peaks.at(-1);
    if (next !== bucket || last === undefined) peaks.push({ at: from + next * stepMs, value });
    else if (value !== null) last.value = Math.max(last.value ?? value, value);
    bucket = next;
  }
  return peaks;
}

/** The point nearest to a moment, or undefined where the line has none near it. */
export function nearest(points: readonly ChartPoint[], at: number): ChartPoint | undefined {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [after, before] = [points[low], points[low - 1]];
  if (after === undefined || before === undefined) return after ?? before;
  return at - before.at <= after.at - at ? before : after;
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
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
  1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000,
];
const hourMs = 3_600_000;

/** Round moments between two, three to six of them, the ends left free. Hours are round where the reader lives. */
export function timeTicks(from: number, to: number): number[] {
  const span = to - from;
  const distance = distances.find((each) => span / each <= 5.5) ?? hourMs * Math.ceil(span / (5 * hourMs));
  const shiftMs = distance > hourMs ? new Date(to).getTimezoneOffset() * 60_000 : 0;
  const ticks: number[] = [];
  const first = Math.ceil((from - shiftMs) / distance) * distance + shiftMs;
  for (let at = first; at <= to; at += distance) ticks.push(at);
  return ticks;
}
