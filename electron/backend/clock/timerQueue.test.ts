import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QueuedTimer, TimerQueue } from './timerQueue.ts';

const nothing = () => undefined;

describe('timers in a queue', () => {
  it('come by time and then as they were put in, whatever was taken out between', () => {
    const steps = fc.array(
      fc.record({ dueMs: fc.integer({ min: 0, max: 9 }), takesOut: fc.option(fc.nat()) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const queue = new TimerQueue();
        let there: QueuedTimer[] = [];
        for (const { dueMs, takesOut } of all) {
          there.push(queue.add(dueMs, nothing));
          const gone = takesOut === null ? undefined : there[takesOut % there.length];
          if (gone === undefined) continue;
          expect(queue.remove(gone)).toBe(true);
          expect(queue.remove(gone)).toBe(false);
          there = there.filter((each) => each !== gone);
        }
        expect(queue.size).toBe(there.length);
        for (const timer of there.toSorted((one, other) => one.dueMs - other.dueMs)) {
          expect(queue.first()).toBe(timer);
          queue.remove(timer);
        }
        expect(queue.first()).toBeUndefined();
      }),
    );
  });

  it('are all forgotten at once', () => {
    const queue = new TimerQueue();
    const timer = queue.add(5, nothing);
    queue.clear();
    expect(queue.size).toBe(0);
    expect(queue.remove(timer)).toBe(false);
  });
});
