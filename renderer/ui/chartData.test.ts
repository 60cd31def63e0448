import { describe, expect, it } from 'vitest';
import {
  chartRows,
  lastMeasured,
  nearest,
  peaksOf,
  showsTheSame,
  spreadEnds,
  timeTicks,
  topOf,
} from './chartData.ts';
import { sparkPath } from './Sparkline.tsx';
import { scales } from './scales.ts';

describe('chart data', () => {
  it('joins lines by time: a gap stays a gap, and a line that is measured seldom goes its own straight way', () => {
    const rows = chartRows(
      [
        {
          key: 'a',
          points: [
            { at: 2, value: 1 },
            { at: 3, value: null },
            { at: 5, value: 2 },
          ],
        },
        {
          key: 'b',
          points: [
            { at: 1, value: 5 },
            { at: 5, value: 9 },
          ],
        },
      ],
      100,
    );
    expect(rows).toEqual([
      { at: 1, b: 5 },
      { at: 2, a: 1, b: 6 },
      { at: 3, a: null, b: 7 },
      { at: 5, a: 2, b: 9 },
    ]);
  });

  it('of more points than there is room for keeps peaks, gaps and where the line ends', () => {
    const points = Array.from({ length: 3000 }, (_, at) => ({
      at,
      value: at >= 1000 && at < 1200 ? null : at === 777 ? 1 : at === 1777 ? 0 : 0.5,
    }));
    const rows = chartRows([{ key: 'a', points }], 200);
    expect(rows.length).toBeLessThanOrEqual(202);
    const values = rows.map((row) => row['a']);
    expect(values.filter((value) => value === 1)).toHaveLength(1);
    expect(values.filter((value) => value === 0)).toHaveLength(1);
    expect(values.filter((value) => value === null).length).toBeGreaterThan(3);
    expect(rows.at(-1)).toEqual({ at: 2999, a: 0.5 });
  });

  it('finds the last value that was measured', () => {
    expect(
      lastMeasured([
        { at: 1, value: 0 },
        { at: 2, value: null },
      ]),
    ).toEqual({ at: 1, value: 0 });
    expect(lastMeasured([{ at: 2, value: null }])).toBeUndefined();
  });

  it('puts ticks at round moments', () => {
    expect(timeTicks(0, 900_000)).toEqual([0, 300_000, 600_000, 900_000]);
    expect(timeTicks(130, 6_412)).toEqual([2000, 4000, 6000]);
  });
});

describe('peaksOf', () => {
  const points = Array.from({ length: 600 }, (_, index) => ({
    at: index * 1000,
    value: index >= 200 && index < 260 ? null : index === 437 ? 1 : 0.1,
  }));

  it('keeps the peak of one moment, and gaps', () => {
    const peaks = peaksOf(points, 60);
    expect(peaks).toHaveLength(60);
    expect(peaks.filter(({ value }) => value === 1)).toHaveLength(1);
    expect(peaks.filter(({ value }) => value === null).length).toBeGreaterThan(3);
  });

  it('leaves what is few as it is', () => {
    expect(peaksOf(points.slice(0, 60), 60)).toEqual(points.slice(0, 60));
  });
});

describe('what a chart shows', () => {
  const points = [
    { at: 10, value: 1, least: 0, greatest: 9 },
    { at: 20, value: null },
    { at: 30, value: 3 },
  ];
  const line = (key: string, value: number) => ({ key, name: key, colour: '', points: [{ at: 1, value }] });

  it('has its peaks within, and its band beside its line', () => {
    expect(topOf({ lines: [{ key: 'a', name: 'a', colour: '', points }], scale: scales.bytes })).toBe(1024);
    expect(chartRows([{ key: 'a', points }], 10)[0]).toEqual({ at: 10, a: 1, 'a band': [0, 9] });
  });

  it('is drawn anew for another end, another span or another line only', () => {
    const chart = { from: 0, to: 9, lines: [line('a', 1)] };
    expect(showsTheSame(chart, { from: 0, to: 9, lines: [line('a', 1)] })).toBe(true);
    expect(showsTheSame(chart, { ...chart, lines: [line('a', 2)] })).toBe(false);
    expect(showsTheSame(chart, { ...chart, lines: [line('b', 1)] })).toBe(false);
    expect(showsTheSame(chart, { ...chart, to: 10 })).toBe(false);
  });

  it('reads the point nearest to the crosshair', () => {
    expect([0, 14, 16, 24, 26, 99].map((at) => nearest(points, at)?.at)).toEqual([10, 10, 20, 20, 30, 30]);
    expect(nearest([], 5)).toBeUndefined();
  });

  it('pushes labels of lines that end together apart, upwards', () => {
    const labels = spreadEnds([line('a', 0), line('b', 0), line('c', 5)], 2);
    expect(labels.map(({ line: { key }, labelAt }) => [key, labelAt])).toEqual([
      ['a', 0],
      ['b', 2],
      ['c', 5],
    ]);
  });
});

describe('sparkPath', () => {
  it('lifts the pen over a gap and stays inside its box', () => {
    const path = sparkPath(
      [
        { at: 0, value: 0 },
        { at: 1000, value: null },
        { at: 2000, value: 2 },
      ],
      60,
      18,
    );
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).toContain('60.0 1.0');
  });
});
