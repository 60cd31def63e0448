import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atRate, MiB, memoryOf, noCosts, runAlone, settingsWith } from './testing/alone.ts';

// The closed form of iterative pre-copy (Akoush 2010, Liu 2011; performance.md 1.1): rounds of M, M L, M L^2 ... with L
// = dirty rate / link rate, as long as a round's dirty pages stay below the working set. The stop rule's threshold T is
// sent only once at the end, so it is the volumes above T that shrink by L.

const link = 100 * MiB;
const wire = 4104 / 4096;

function measured(memoryMiB: number, ratio: number, limitMs: number) {
  const { transfer, events } = runAlone(
    settingsWith({ costs: noCosts, stop: { kind: 'qemu', downtimeLimitMs: limitMs } }),
    memoryOf(memoryMiB, {
      workingSetBytes: memoryMiB * MiB,
      bytesPerSecond: ratio * link,
      pattern: { kind: 'sequential' },
    }),
    atRate(link),
  );
  const rounds = events.flatMap((event) => (event.kind === 'round' ? [event.atMs] : []));
  return { transfer, rounds };
}

/** Bytes of pages by the closed form, QEMU's early look counted in: M + L(M-T) + L^2(M-T) ... = M + (M-T) L/(1-L). */
function closedForm(memoryMiB: number, ratio: number, limitMs: number): number {
  const grown = ratio * wire;
  const threshold = (link * limitMs) / 1000;
  return memoryMiB * MiB + ((memoryMiB * MiB - threshold) * grown) / (1 - grown);
}

it('sends what the closed form says, within what chunks of 50 ms and the last rounds leave open', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 512, max: 8192 }),
      fc.double({ min: 0.01, max: 0.7, noNaN: true }),
      fc.constantFrom(100, 300, 500),
      (memoryMiB, ratio, limitMs) => {
        const { transfer } = measured(memoryMiB, ratio, limitMs);
        const expected = closedForm(memoryMiB, ratio, limitMs) * wire;
        expect(Math.abs(transfer.sending.sentBytes / expected - 1)).toBeLessThan(0.06);
        const seconds = (transfer.handedOverMs ?? 0) / 1000;
        expect(Math.abs(seconds / (transfer.sending.sentBytes / link) - 1)).toBeLessThan(0.001);
      },
    ),
    { numRuns: 60 },
  );
});

it('has rounds that shrink by the ratio of the rates', () => {
  const { rounds } = measured(4096, 0.5, 300);
  const lengths = rounds.slice(1).map((atMs, index) => atMs - (rounds[index] ?? 0));
  for (const [index, length] of lengths.slice(1, 5).entries()) {
    expect(length / (lengths[index] ?? 0)).toBeCloseTo(0.5 * wire, 1);
  }
});

it('has rounds no longer than the working set takes, where the guest writes faster than that', () => {
  const { transfer, events } = runAlone(
    settingsWith({ costs: noCosts }),
    memoryOf(2048, { workingSetBytes: 256 * MiB, bytesPerSecond: 10 * link }),
    atRate(link),
    120_000,
  );
  expect(transfer.phase).toBe('pre-copy');
  const rounds = events.flatMap((event) => (event.kind === 'round' ? [event.atMs] : [])).slice(2);
  for (const [index, atMs] of rounds.slice(1).entries()) {
    expect(atMs - (rounds[index] ?? 0)).toBeLessThanOrEqual(2560 * wire);
  }
});

it('stops the guest for no longer than the allowed downtime', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.7, noNaN: true }),
      fc.constantFrom(50, 100, 300, 1000),
      (ratio, limitMs) => {
        const { transfer } = measured(1024, ratio, limitMs);
        expect((transfer.handedOverMs ?? 0) - (transfer.stoppedMs ?? 0)).toBeLessThanOrEqual(limitMs * 1.001);
      },
    ),
    { numRuns: 60 },
  );
});
