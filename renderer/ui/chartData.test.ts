import { describe, expect, it } from 'vitest';
import { joinPoints, lastMeasured, timeTicks } from './chartData.ts';
import { sparkPath } from './Sparkline.tsx';

describe('chart data', () => {
  it('joins lines by time and leaves gaps as gaps', () => {
    const rows = joinPoints([
      {
        key: 'a',
        points: [
          { at: 2, value: 1 },
          { at: 3, value: null },
        ],
      },
      {
        key: 'b',
        points: [
          { at: 1, value: 5 },
          { at: 2, value: 6 },
        ],
      },
    ]);
    expect(rows).toEqual([
      { at: 1, b: 5 },
      { at: 2, a: 1, b: 6 },
      { at: 3, a: null },
    ]);
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
