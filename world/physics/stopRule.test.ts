import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeConvergence } from './convergence.ts';
import { rateOfRound, type StopRule, stopsNow } from './stopRule.ts';
import { atRate, MiB, memoryOf, noCosts, runAlone, settingsWith } from './testing/alone.ts';

const classic: StopRule = { kind: 'xen', mostRounds: 29, mostTimesMemory: 3 };
const newer: StopRule = { kind: 'xen', mostRounds: 5 };
const link = 100 * MiB;

const look = {
  remainingBytes: 100 * MiB,
  thresholdBytes: 0,
  rounds: 2,
  memoryBytes: 1024 * MiB,
  sentBytes: 1100 * MiB,
  roundBytes: 80 * MiB,
  lastRoundBytes: 100 * MiB,
  bytesPerSecond: link,
  isFastest: true,
};

function run(stop: StopRule, workingSetMiB: number, writesMiBPerSecond: number, untilMs = 600_000) {
  const { transfer, events } = runAlone(
    settingsWith({ stop, costs: noCosts }),
    memoryOf(1024, { workingSetBytes: workingSetMiB * MiB, bytesPerSecond: writesMiBPerSecond * MiB }),
    atRate(link),
    untilMs,
  );
  return { transfer, rounds: events.filter(({ kind }) => kind === 'round').length };
}

describe("Xen's rule", () => {
  it.each([
    ['goes on while rounds shrink', {}, false],
    ['stops after its last round', { rounds: 29 }, true],
    ['stops where hardly a page is dirty', { remainingBytes: 49 * 4096 }, true],
    ['goes on at fifty pages', { remainingBytes: 50 * 4096 }, false],
    ['stops once three times the memory was sent', { sentBytes: 3073 * MiB }, true],
    ['stops where a round grew at the fastest rate', { roundBytes: 101 * MiB }, true],
    ['goes on where it may go faster', { roundBytes: 101 * MiB, isFastest: false }, false],
  ])('%s', (_, part, stops) => {
    expect(stopsNow(classic, { ...look, ...part })).toBe(stops);
  });

  it('stops a guest that writes faster than the link, with all it has written left to send', () => {
    const { transfer } = run(newer, 256, 1000);
    expect(transfer.phase).toBe('completed');
    const stoodMs = (transfer.handedOverMs ?? 0) - (transfer.stoppedMs ?? 0);
    expect(stoodMs / 2560).toBeCloseTo(1, 1);
    expect(run(newer, 256, 1000).rounds).toBeLessThanOrEqual(8);
  });

  it('of an idle guest sends its memory once', () => {
    expect(run(classic, 0, 0).transfer.sending.sentBytes / (1024 * MiB)).toBeCloseTo(4104 / 4096, 3);
  });

  it('adapts its rate between its bounds', () => {
    const adaptive = { leastBytesPerSecond: 12, stepBytesPerSecond: 6, mostBytesPerSecond: 60 };
    const rule: StopRule = { ...classic, adaptive };
    expect(rateOfRound(rule, undefined)).toBe(12);
    expect(rateOfRound(rule, { dirtiedBytes: 20, lastedMs: 1000 })).toBe(26);
    expect(rateOfRound(rule, { dirtiedBytes: 2000, lastedMs: 1000 })).toBe(60);
    expect(rateOfRound(rule, { dirtiedBytes: 0, lastedMs: 1000 })).toBe(12);
    expect(rateOfRound(classic, undefined)).toBeUndefined();
  });
});

describe("vMotion's rule", () => {
  it('stops within its goal, and slows a guest down that would never be through', () => {
    const rule: StopRule = { kind: 'vmotion', goalMs: 500 };
    const { transfer } = run(rule, 512, 300);
    expect(transfer.phase).toBe('completed');
    expect((transfer.handedOverMs ?? 0) - (transfer.stoppedMs ?? 0)).toBeLessThanOrEqual(505);
    expect(transfer.convergence.throttlePercent).toBeGreaterThan(0);
    expect(run(rule, 512, 20).transfer.convergence.throttlePercent).toBe(0);
  });
});

it("comes to an end by each rule but QEMU's, whatever the guest writes", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(classic, newer, { kind: 'vmotion', goalMs: 500 } as const),
      fc.integer({ min: 0, max: 1024 }),
      fc.integer({ min: 0, max: 2000 }),
      (stop, workingSetMiB, writes) => {
        expect(run(stop, workingSetMiB, writes, 3_600_000).transfer.phase).toBe('completed');
      },
    ),
    { numRuns: 60 },
  );
});

describe('whether it converges', () => {
  const prospect = (workingSetMiB: number, writesMiBPerSecond: number) =>
    judgeConvergence({
      writes: {
        workingSetBytes: workingSetMiB * MiB,
        bytesPerSecond: writesMiBPerSecond * MiB,
        pattern: { kind: 'sequential' },
      },
      pace: 1,
      bytesPerSecond: link,
      downtimeLimitMs: 300,
    });

  it.each([
    [256, 50, 'yes'],
    [256, 89, 'yes'],
    [256, 95, 'uncertain'],
    [256, 120, 'no'],
    [30, 5000, 'yes'],
    [0, 0, 'yes'],
  ])('of %i MiB written at %i MiB/s: %s', (workingSetMiB, writes, said) => {
    expect(prospect(workingSetMiB, writes)).toBe(said);
  });

  it('is what the model does where it is sure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1024 }), fc.integer({ min: 0, max: 300 }), (set, writes) => {
        const said = prospect(set, writes);
        if (said === 'uncertain') return;
        const { transfer } = runAlone(
          settingsWith({ costs: noCosts }),
          memoryOf(1024, {
            workingSetBytes: set * MiB,
            bytesPerSecond: writes * MiB,
            pattern: { kind: 'sequential' },
          }),
          atRate(link),
          3_600_000,
        );
        expect([set, writes, transfer.phase === 'completed']).toEqual([set, writes, said === 'yes']);
      }),
      { numRuns: 100 },
    );
  });
});
