import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeRate, counterFrom, readCounter } from './counter.ts';

it('grows at its rate and keeps what it had when that changes', () => {
  const counter = changeRate(counterFrom(1000, 5, 10), 3000, 100);
  expect(readCounter(counter, 3000)).toBe(25);
  expect(readCounter(counter, 3500)).toBe(75);
  expect(readCounter(changeRate(counter, 3500, 0), 9000)).toBe(75);
});

it('is the same to the bit however often it is told the rate it has', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e4, noNaN: true }), { maxLength: 20 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (steps, rate) => {
        const begun = counterFrom(0, 1 / 3, rate);
        let told = begun;
        let at = 0;
        for (const step of steps) told = changeRate(told, (at += step), rate);
        expect(told).toEqual(begun);
      },
    ),
  );
});
