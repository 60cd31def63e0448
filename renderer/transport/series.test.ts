import { describe, expect, it } from 'vitest';
import { rememberedMs, Series, simulatedReachMs } from './series.ts';

describe('Series', () => {
  it('keeps rows in order and leaves repetitions out', () => {
    const series = new Series([0, 0]);
    expect(series.add(1000, [0.25, 10])).toBe(true);
    expect(series.add(1000, [0.75, 20])).toBe(false);
    expect(series.add(2000, [null, 30])).toBe(true);
    expect(series.points(0)).toEqual([
      { at: 1000, value: 0.25 },
      { at: 2000, value: null },
    ]);
    expect(series.latest(0)).toBeUndefined();
    expect(series.latest(1)).toBe(30);
  });

  it('remembers a quarter of an hour and no more', () => {
    const series = new Series([0]);
    for (let at = 0; at <= 3 * rememberedMs; at += 2000) series.add(at, [at]);
    const points = series.points(0);
    expect(points.length).toBe(rememberedMs / 2000 + 1);
    expect(points[0]?.at).toBe(2 * rememberedMs);
    expect(points.at(-1)?.at).toBe(3 * rememberedMs);
    expect(points.every((point) => point.value === point.at)).toBe(true);
  });

  it('never holds more rows than its ring, however fast they come', () => {
    const series = new Series([0]);
    for (let at = 1; at <= 10_000; at += 1) series.add(at, [at]);
    expect(series.length).toBe(2048);
    expect(series.latest(0)).toBe(10_000);
  });

  it('asks for a longer chart as it grows', () => {
    const series = new Series([0]);
    const windows = [0, 2, 3, 5, 6, 15, 30].map((minutes) => {
      series.add(minutes * 60_000, [1]);
      return series.windowMs / 60_000;
    });
    expect(windows).toEqual([2, 2, 5, 5, 15, 15, 15]);
  });

  it('begins anew when the clock was set back by more than it remembers', () => {
    const series = new Series([0]);
    for (const at of [0, 2000, 4000]) series.add(4 * rememberedMs + at, [1]);
    expect(series.add(3 * rememberedMs + 6000, [2])).toBe(false);
    expect(series.add(rememberedMs, [3])).toBe(true);
    expect(series.add(rememberedMs + 2000, [4])).toBe(true);
    expect(series.points(0).map((point) => point.value)).toEqual([3, 4]);
  });

  it('reaches further back where simulated time runs fast, and draws the change of speed without a gap', () => {
    const series = new Series([0]);
    let at = 0;
    const run = (rows: number, distanceMs: number): void => {
      for (let row = 0; row < rows; row += 1) series.add((at += distanceMs), [1], simulatedReachMs);
    };
    run(450, 2000);
    run(20, 600_000);
    expect(series.points(0)).toHaveLength(470);
    expect(series.windowMs).toBe(8 * 3_600_000);
    expect(series.points(0).every((point) => point.value !== null)).toBe(true);
    run(200, 600_000);
    expect(series.windowMs).toBe(simulatedReachMs);
    expect(series.points(0)).toHaveLength(24 * 6 + 1);
    run(10, 2000);
    expect(series.windowMs).toBe(simulatedReachMs);
    run(60, 2000);
    expect(series.windowMs).toBe(rememberedMs);
    expect(series.points(0).every((point) => point.value !== null)).toBe(true);
  });

  it('shows a silence as a gap however fast time runs', () => {
    const series = new Series([0]);
    for (const minute of [0, 10, 20, 30, 90, 100, 110]) series.add(minute * 60_000, [1], simulatedReachMs);
    expect(series.points(0).filter((point) => point.value === null)).toEqual([
      { at: 60 * 60_000, value: null },
    ]);
  });

  it('shows missing sweeps as a gap', () => {
    const series = new Series([0]);
    for (const at of [0, 2000, 4000, 6000, 30_000, 32_000]) series.add(at, [1]);
    expect(series.points(0).filter((point) => point.value === null)).toEqual([{ at: 18_000, value: null }]);
  });

  it('holds what is measured seldom until its turn was missed', () => {
    const series = new Series([2]);
    const told = [10, null, null, 20, null, null].map((value, index) => {
      series.add(index * 2000, [value]);
      return series.latest(0);
    });
    expect(told).toEqual([10, 10, 10, 20, 20, 20]);
    expect(series.points(0).map((point) => point.value)).toEqual([10, 20]);
    series.add(12_000, [null]);
    expect(series.latest(0)).toBeUndefined();
    expect(series.points(0).map((point) => point.value)).toEqual([10, 20, null]);
  });
});
