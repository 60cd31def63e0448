import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noise, noiseBetween, streamOf } from './random.ts';

it('is the same whenever it is asked, and never changes between versions', () => {
  const stream = streamOf(7, 'vm-1');
  expect([0, 1, 2].map((slot) => noise(stream, slot))).toEqual([0, 1, 2].map((slot) => noise(stream, slot)));
  expect(streamOf(7, 'vm-1')).toBe(streamOf(7, 'vm-1'));
  // A kept world depends on these.
  expect([streamOf(7, 'vm-1'), noise(stream, 3), noise(stream, 178_000_000_000)]).toMatchInlineSnapshot(`
    [
      3584611856,
      0.6377096180804074,
      0.751355682965368,
    ]
  `);
});

it('lies between its bounds, whatever seed, name and slot', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), fc.maxSafeNat(), (seed, name, slot) => {
      const drawn = noiseBetween(streamOf(seed, name), slot, 2, 5);
      expect(drawn).toBeGreaterThanOrEqual(2);
      expect(drawn).toBeLessThan(5);
    }),
  );
});

it('is even over slots, and one slot tells nothing of the next nor one stream of another', () => {
  const stream = streamOf(1, 'a');
  const other = streamOf(1, 'b');
  const count = 20_000;
  const tenths = Array.from({ length: 10 }, () => 0);
  let neighbours = 0;
  let streams = 0;
  for (let slot = 0; slot < count; slot += 1) {
    const drawn = noise(stream, slot);
    const tenth = Math.floor(drawn * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    neighbours += (drawn - 0.5) * (noise(stream, slot + 1) - 0.5);
    streams += (drawn - 0.5) * (noise(other, slot) - 0.5);
  }
  for (const tenth of tenths) expect(Math.abs(tenth / count - 0.1)).toBeLessThan(0.01);
  // Correlations, against a variance of 1/12.
  expect(Math.abs(neighbours / count) * 12).toBeLessThan(0.03);
  expect(Math.abs(streams / count) * 12).toBeLessThan(0.03);
});
