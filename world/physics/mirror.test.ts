import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobStatistics } from './jobStatistics.ts';
import { beginMirror, mirrorAt, mirrorBesideMemory, mirrorReadyMs } from './mirror.ts';
import { atRate, MiB, memoryOf, noCosts, runAlone, settingsWith } from './testing/alone.ts';
import { abortTransfer, advanceTransfer, beginTransfer } from './transfer.ts';

const size = fc.integer({ min: 1, max: 1e12 });
const speed = fc.integer({ min: 1, max: 2e9 });

describe('the first copy', () => {
  it('is what stepping through it in small steps gives', () => {
    const [total, writes, rate] = [1000 * MiB, 40 * MiB, 100 * MiB];
    const ready = mirrorReadyMs(beginMirror(total, 0), writes, rate) ?? Number.NaN;
    let left = total;
    let ms = 0;
    for (; left > 0; ms += 1) left += (-rate + (writes * (total - left)) / total) / 1000;
    expect(ready / ms).toBeCloseTo(1, 3);
  });

  it('is at its end when it says so, and takes no less than the disk and no more than all that is written', () => {
    fc.assert(
      fc.property(size, speed, speed, (total, one, other) => {
        const [writes, rate] = one < other ? [one, other] : [other, one];
        const begun = beginMirror(total, 0);
        const ready = mirrorReadyMs(begun, writes, rate);
        if (ready === undefined) {
          expect(rate).toBeLessThanOrEqual(writes);
          return;
        }
        const ended = mirrorAt(begun, writes, rate, ready);
        expect(ended.remainingBytes / total).toBeLessThan(1e-6);
        expect(ended.sentBytes).toBeGreaterThanOrEqual(total * (1 - 1e-6));
        expect(ended.sentBytes).toBeLessThanOrEqual((total + (writes * ready) / 1000) * (1 + 1e-6));
      }),
      { numRuns: 3000 },
    );
  });

  it('does not make up for a time in which the link carried nothing, and is written to meanwhile', () => {
    const begun = { ...beginMirror(100 * MiB, 0), remainingBytes: 50 * MiB };
    expect(mirrorAt(begun, 0, 0, 5000)).toEqual({ ...begun, sinceMs: 5000 });
    const written = mirrorAt(begun, 10 * MiB, 0, 5000);
    expect(written).toMatchObject({ sinceMs: 5000, sentBytes: 0 });
    expect(written.remainingBytes).toBeGreaterThan(60 * MiB);
    expect(written.remainingBytes).toBeLessThan(100 * MiB);
  });

  it('never ends where the guest writes as fast as the link carries', () => {
    expect(mirrorReadyMs(beginMirror(MiB, 0), 100, 100)).toBeUndefined();
    expect(mirrorReadyMs(beginMirror(MiB, 0), 0, 0)).toBeUndefined();
  });
});

it('follows the guest beside memory, and falls behind where half of the link is not enough', () => {
  const ready = { ...beginMirror(1000 * MiB, 0), remainingBytes: 0, ready: true };
  expect(mirrorBesideMemory(ready, 10 * MiB, 100 * MiB, 5000)).toMatchObject({
    remainingBytes: 0,
    sentBytes: 50 * MiB,
  });
  expect(mirrorBesideMemory(ready, 80 * MiB, 100 * MiB, 5000)).toMatchObject({
    remainingBytes: 150 * MiB,
    sentBytes: 250 * MiB,
  });
});

describe('a migration that copies storage', () => {
  const settings = settingsWith({ diskBytes: 1000 * MiB, costs: noCosts });

  it('copies the disk, then memory, and takes both to the other side whole', () => {
    const { transfer, events, endMs } = runAlone(settings, memoryOf(500), atRate(100 * MiB));
    expect(events.map(({ kind }) => kind).slice(0, 2)).toEqual(['mirrored', 'round']);
    expect(events[0]?.atMs).toBeCloseTo(10_000, 3);
    expect(endMs).toBeCloseTo(15_010, -1);
    expect(jobStatistics(transfer, endMs)).toMatchObject({
      diskRemainingBytes: 0,
      memoryRemainingBytes: 0,
      diskSentBytes: 1000 * MiB,
    });
  });

  it('takes longer for each byte that the guest writes meanwhile', () => {
    const ends = [0, 20, 40].map(
      (writes) => runAlone(settings, memoryOf(500), atRate(100 * MiB), 1e6, writes * MiB).endMs,
    );
    expect(ends[1] ?? 0).toBeGreaterThan((ends[0] ?? 0) * 1.1);
    expect(ends[2] ?? 0).toBeGreaterThan((ends[1] ?? 0) * 1.1);
  });

  it('shows how far it is, and ends where it is called off', () => {
    const begun = beginTransfer(
      settings,
      memoryOf(500),
      atRate(100 * MiB),
      { memory: 1, diskWriteBytesPerSecond: 0 },
      0,
    );
    const half = advanceTransfer(begun, 5000).transfer;
    expect(jobStatistics(half, 5000)).toMatchObject({ diskSentBytes: 500 * MiB, memorySentBytes: 0 });
    const ended = abortTransfer(half, 5000).transfer;
    expect(jobStatistics(ended, 9000).diskSentBytes).toBe(500 * MiB);
  });
});
