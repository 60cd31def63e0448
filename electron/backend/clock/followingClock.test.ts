import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FollowingClock } from './followingClock.ts';
import { ManualClock } from './testing/manualClock.ts';

const start = Date.UTC(2026, 0, 1);

describe('the clock of a simulated cluster', () => {
  let wall: ManualClock;
  let clock: FollowingClock;
  let fired: number[];
  beforeEach(() => {
    wall = new ManualClock();
    clock = new FollowingClock(wall);
    fired = [];
  });
  const at = (milliseconds: number) => clock.after(milliseconds, () => fired.push(clock.elapsed()));

  it('stands until somebody has said how late it is, then runs at the rate of the reading', async () => {
    await wall.advance(5000);
    expect(clock.elapsed()).toBe(0);
    clock.follow({ at: start, rate: 60 });
    await wall.advance(500);
    expect(clock.now()).toBe(start + 30_000);
    expect(clock.elapsed()).toBe(30_000);
    expect(clock.rate()).toBe(60);
  });

  it('calls back by its own time, whatever the rate does meanwhile', async () => {
    clock.follow({ at: start, rate: 1 });
    at(10_000);
    await wall.advance(4000);
    clock.follow({ at: start + 4000, rate: 60 });
    await wall.advance(99);
    expect(fired).toEqual([]);
    await wall.advance(1);
    expect(fired).toEqual([10_000]);
    expect(wall.size).toBe(0);
  });

  it('stands while paused or lost, and goes on from there', async () => {
    clock.follow({ at: start, rate: 10 });
    at(1000);
    await wall.advance(50);
    clock.follow({ at: start + 500, rate: 0 });
    expect(wall.size).toBe(0);
    await wall.advance(60_000);
    expect(clock.elapsed()).toBe(500);
    clock.follow({ at: start + 500, rate: 10 });
    await wall.advance(20);
    clock.stand();
    await wall.advance(60_000);
    expect([clock.elapsed(), clock.rate(), fired]).toEqual([700, 0, []]);
    clock.follow({ at: start + 700, rate: 1 });
    await wall.advance(300);
    expect(fired).toEqual([1000]);
  });

  it('calls back what a step has passed, in order', () => {
    clock.follow({ at: start, rate: 0 });
    at(20_000);
    at(10_000);
    at(40_000);
    clock.follow({ at: start + 30_000, rate: 0 });
    expect(fired).toEqual([30_000, 30_000]);
    expect(clock.size).toBe(1);
  });

  it('goes on from where it was when the world began again from an older state', async () => {
    clock.follow({ at: start, rate: 1 });
    await wall.advance(60_000);
    clock.stand();
    clock.follow({ at: start + 20_000, rate: 1 });
    at(1000);
    await wall.advance(1000);
    expect([clock.now(), clock.elapsed()]).toEqual([start + 21_000, 61_000]);
    expect(fired).toEqual([61_000]);
  });

  it('takes back what was taken back, and leaves no timer of the machine set', () => {
    clock.follow({ at: start, rate: 1 });
    at(10)();
    expect([clock.size, wall.size]).toEqual([0, 0]);
    at(10);
    clock.close();
    expect([clock.size, wall.size]).toEqual([0, 0]);
  });

  it('never goes back, whatever it is told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            passMs: fc.integer({ min: 0, max: 5000 }),
            offMs: fc.integer({ min: -1_000_000, max: 1_000_000 }),
            rate: fc.constantFrom(0, 1, 10, 60, 600),
          }),
          { maxLength: 8 },
        ),
        async (steps) => {
          const wall = new ManualClock();
          const clock = new FollowingClock(wall);
          let before = 0;
          for (const { passMs, offMs, rate } of steps) {
            await wall.advance(passMs);
            expect(clock.elapsed()).toBeGreaterThanOrEqual(before);
            clock.follow({ at: start + clock.elapsed() + offMs, rate });
            expect(clock.elapsed()).toBeGreaterThanOrEqual(before);
            before = clock.elapsed();
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
