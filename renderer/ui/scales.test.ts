import { describe, expect, it } from 'vitest';
import { scales } from './scales.ts';

const mib = 1024 * 1024;

describe('the end of an axis', () => {
  it('is a round number in the unit that is written, and so is its half', () => {
    expect(scales.bytes.format(scales.bytes.top(1.44 * 1024 * mib)).text).toBe('2 GiB');
    expect(scales.rate.format(scales.rate.top(14.4 * mib)).text).toBe('16 MiB/s');
    expect(scales.rate.format(scales.rate.top(14.4 * mib) / 2).text).toBe('8 MiB/s');
    expect(scales.linkRate.format(scales.linkRate.top(9_700_000)).text).toBe('80 Mbit/s');
  });

  it('is above nothing at all, and never below what it holds', () => {
    expect(scales.bytes.top(0)).toBeGreaterThan(0);
    for (const value of [1, 999, 1e3, 123_456, 7.7e8, 9.99e11])
      expect(scales.bytes.top(value)).toBeGreaterThanOrEqual(value);
  });
});
