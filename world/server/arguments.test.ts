import { describe, expect, it } from 'vitest';
import { readOptions } from './arguments.ts';

const now = Date.UTC(2026, 0, 5, 8, 0, 42);
const needed = ['--folder', '/data/world', '--scenario', 'two-servers'];

describe('the words that a world is started with', () => {
  it('are few, and what is not said is as written in its help', () => {
    const options = readOptions(needed, now);
    expect(options?.scenario()).toMatchObject({ name: 'two-servers' });
    expect(options).toEqual({
      folder: '/data/world',
      scenario: expect.any(Function),
      seed: 1,
      lingerMs: 600_000,
      startAt: Date.UTC(2026, 0, 5, 8),
    });
    const all = ['--seed', '7', '--rate', '60', '--linger', '0', '--start', '2026-03-01T12:00:00Z'];
    expect(readOptions([...needed, ...all], now)).toMatchObject({
      seed: 7,
      rate: 60,
      lingerMs: 0,
      startAt: Date.UTC(2026, 2, 1, 12),
    });
    expect(readOptions(['--help'], now)).toBeUndefined();
  });

  it.each([
    [['--folder', '/data/world'], /--scenario is missing/],
    [['--scenario', 'two-servers'], /--folder is missing/],
    [[...needed, '--rate', 'fast'], /--rate takes a whole number from 1 to 600, not fast/],
    [[...needed, '--rate', '601'], /--rate takes a whole number from 1 to 600, not 601/],
    [[...needed, '--seed', '1.5'], /--seed takes a whole number/],
    [[...needed, '--start', 'soon'], /--start takes a time as in .*, not soon/],
    [[...needed, '--colour'], /'--colour'/],
  ])('are refused where they make no sense: %s', (words, reason) => {
    expect(() => readOptions(words, now)).toThrow(reason);
  });
});
