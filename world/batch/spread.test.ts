import { describe, expect, it } from 'vitest';
import { Spread } from './spread.ts';

describe('how a share was spread', () => {
  it('is nothing of nothing', () => {
    const none = new Spread();
    none.add(0.5, 0);
    expect([none.mean, none.percentile(0.95), none.highest]).toEqual([0, 0, 0]);
  });

  it('has a mean, a percentile and a highest, by the time each took', () => {
    const spread = new Spread();
    for (let percent = 1; percent <= 100; percent += 1) spread.add(percent / 100, 60_000);
    expect(spread.mean).toBeCloseTo(0.505, 6);
    expect(spread.percentile(0.95)).toBe(0.95);
    expect(spread.percentile(1)).toBe(1);
    expect(spread.highest).toBe(1);
    const short = new Spread();
    short.add(0.2, 99);
    short.add(0.9, 1);
    expect(short.percentile(0.95)).toBe(0.2);
    expect(short.percentile(0.995)).toBe(0.9);
  });

  it('gives no percentile above its highest', () => {
    const spread = new Spread();
    spread.add(0.0996, 1);
    expect(spread.percentile(0.95)).toBe(0.0996);
  });
});
