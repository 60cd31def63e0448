import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wattsAt } from './power.ts';

/** HP ProLiant ML110 G4 and G5 as SPEC published them and CloudSim carries them. */
const g4 = [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117];
const g5 = [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135];

describe('the watts of a host', () => {
  it('are the published ones at each tenth of its load, and on the line between them', () => {
    for (const curve of [g4, g5]) {
      for (const [tenth, watts] of curve.entries()) expect(wattsAt(curve, tenth / 10)).toBeCloseTo(watts, 9);
    }
    expect(wattsAt(g4, 0.05)).toBeCloseTo((86 + 89.4) / 2, 9);
    expect(wattsAt(g5, 0.97)).toBeCloseTo(133 + 2 * 0.7, 9);
  });

  it('are held to the ends of the curve', () => {
    expect(wattsAt(g4, -1)).toBe(86);
    expect(wattsAt(g4, 7)).toBe(117);
    expect(wattsAt([50], 0.5)).toBe(50);
    expect(wattsAt([], 0.5)).toBe(0);
  });

  it('rise with load where the curve does, without a leap', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const rise = wattsAt(g5, high) - wattsAt(g5, low);
        expect(rise).toBeGreaterThanOrEqual(-1e-9);
        expect(rise).toBeLessThanOrEqual((high - low) * 60 + 1e-9);
      }),
    );
  });
});
