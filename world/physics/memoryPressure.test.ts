import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryPressure } from './memoryPressure.ts';

const mebibytes = fc.integer({ min: 0, max: 1_000_000 });

it('does nothing while all that is touched has room, and swaps exactly what has not', () => {
  fc.assert(
    fc.property(mebibytes, mebibytes, fc.integer({ min: 0, max: 100 }), (touched, room, busy) => {
      const { swappedMiB, pace, bytesPerSecond } = memoryPressure(touched, room, busy);
      expect(swappedMiB).toBe(Math.max(0, touched - room));
      if (touched <= room) expect([pace, bytesPerSecond]).toEqual([1, 0]);
      else expect(pace).toBeLessThan(1);
      expect(pace).toBeGreaterThan(0);
      expect(bytesPerSecond).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('slows guests the more the less room there is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), mebibytes, mebibytes, (touched, one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(memoryPressure(touched, less, 1).pace).toBeLessThanOrEqual(
        memoryPressure(touched, more, 1).pace,
      );
    }),
  );
  expect(memoryPressure(1000, 900, 1).pace).toBeCloseTo(0.5, 9);
});
