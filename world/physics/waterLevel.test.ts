import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fairShares } from './fairShares.ts';
import { waterLevel } from './waterLevel.ts';

const asks = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 20 });
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

it('gives away all there is or all that is asked for, and nobody more than its ask', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), asks, (capacity, all) => {
      const level = waterLevel(capacity, all);
      const shares = all.map((ask) => Math.min(ask, level));
      expect(sumOf(shares)).toBeCloseTo(Math.min(capacity, sumOf(all)), 6);
    }),
  );
});

it('is what progressive filling gives on one link', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), asks, (capacity, all) => {
      const level = waterLevel(capacity, all);
      const flows = all.map((capBytesPerSecond) => ({ links: ['link'], capBytesPerSecond }));
      for (const [index, { bytesPerSecond }] of fairShares({ link: capacity }, flows).entries()) {
        expect(bytesPerSecond).toBeCloseTo(Math.min(all[index] ?? 0, level), 5);
      }
    }),
  );
});
