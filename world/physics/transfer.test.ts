import { describe, expect, it } from 'vitest';
import { jobStatistics } from './jobStatistics.ts';
import { atRate, MiB, memoryOf, noCosts, runAlone, settingsWith } from './testing/alone.ts';
import {
  abortTransfer,
  advanceTransfer,
  beginTransfer,
  breakTransfer,
  guestProgress,
  guestStarted,
  nextTransferEvent,
  resumePostCopy,
  setDowntimeLimit,
  setGuestPace,
  setTransferRate,
  startPostCopy,
  throttlePercent,
  transferFlow,
} from './transfer.ts';
import type { Transfer, TransferSettings } from './transferTypes.ts';

const gigabit = 117e6;
const busy = { workingSetBytes: 128 * MiB, bytesPerSecond: 200 * MiB };
const begun = (settings: Partial<TransferSettings> = {}, writes = busy): Transfer =>
  beginTransfer(
    settingsWith(settings),
    memoryOf(512, writes),
    atRate(gigabit),
    { memory: 1, diskWriteBytesPerSecond: 0 },
    1000,
  );
const under = (transfer: Transfer, atMs: number) => advanceTransfer(transfer, atMs).transfer;
const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);

describe('a guest that rests', () => {
  it('goes over once, zero pages for nine bytes each, and tells its beats in order', () => {
    const { transfer, events, endMs } = runAlone(
      settingsWith({ costs: noCosts }),
      memoryOf(1024, {}, 256),
      atRate(gigabit),
    );
    const pages = (256 * MiB) / 4096;
    const wire = pages * 4104 + 3 * pages * 9;
    expect(transfer.sending.sentBytes).toBeCloseTo(wire, 3);
    expect(endMs).toBeCloseTo((wire / gigabit) * 1000, 0);
    expect(kinds(events)).toEqual(['round', 'round', 'stopped', 'round', 'handed-over', 'completed']);
    expect(jobStatistics(transfer, endMs)).toMatchObject({ memoryRemainingBytes: 0, round: 3 });
  });

  it('is through at once when there is nothing to send', () => {
    const { transfer } = runAlone(settingsWith(), memoryOf(0), atRate(gigabit));
    expect(transfer.phase).toBe('completed');
  });

  it('spends on zero pages what finding them takes', () => {
    const slow = { ...noCosts, scanBytesPerSecond: 1e9 };
    const { endMs } = runAlone(settingsWith({ costs: slow }), memoryOf(10_240, {}, 0), atRate(gigabit));
    expect(endMs).toBeCloseTo((10_240 * MiB) / 1e6, -1);
  });
});

describe('when it stops', () => {
  it('always converges where the working set fits in bandwidth times allowed downtime', () => {
    const small = { workingSetBytes: 20 * MiB, bytesPerSecond: 10_000 * MiB };
    const { transfer } = runAlone(settingsWith({ costs: noCosts }), memoryOf(512, small), atRate(gigabit));
    expect(transfer.phase).toBe('completed');
    // What is left of the first round may still be on top of it at the first looks.
    expect(transfer.synchronisations).toBeLessThanOrEqual(6);
  });

  it('never does where the guest writes faster than the link and the limit is short, until the limit is raised', () => {
    const transfer = under(begun(), 600_000);
    expect(transfer.phase).toBe('pre-copy');
    expect(jobStatistics(transfer, 600_000).downtimeMs).toBeGreaterThan(300);
    const raised = setDowntimeLimit(transfer, 600_000, 2000);
    expect(under(raised.transfer, 610_000).phase).toBe('handed-over');
  });

  it('does once the guest is paused', () => {
    const paused = setGuestPace(under(begun(), 60_000), 60_000, { memory: 0, diskWriteBytesPerSecond: 0 });
    expect(under(paused.transfer, 70_000).phase).toBe('handed-over');
  });

  it('sends the last part at the speed of the link, whatever the cap', () => {
    const cap = 20 * MiB;
    const { transfer } = runAlone(
      settingsWith({
        bandwidthCapBytesPerSecond: cap,
        costs: noCosts,
        stop: { kind: 'qemu', downtimeLimitMs: 1000 },
      }),
      memoryOf(512),
      atRate(cap, gigabit),
    );
    const downtime = (transfer.handedOverMs ?? 0) - (transfer.stoppedMs ?? 0);
    expect(downtime).toBeGreaterThan(80);
    expect(downtime).toBeLessThan(1000 * ((20 * MiB) / gigabit) + 10);
    expect(transfer.handedOverMs).toBeGreaterThan(24_000);
  });

  it('holds its cap over time and sends in bursts of a tenth of a second', () => {
    const cap = 10 * MiB;
    const transfer = under(
      beginTransfer(
        settingsWith({ bandwidthCapBytesPerSecond: cap, costs: noCosts }),
        memoryOf(512),
        atRate(cap, gigabit),
        { memory: 1, diskWriteBytesPerSecond: 0 },
        0,
      ),
      0,
    );
    const sentAt = (atMs: number) => jobStatistics(transfer, atMs).memorySentBytes / MiB;
    expect(sentAt(20_000)).toBeCloseTo(200, 0);
    expect(sentAt(20_099) - sentAt(20_000)).toBeCloseTo(1, 1);
    expect(sentAt(20_099) - sentAt(20_020)).toBe(0);
  });

  it('varies set-up and switch-over from one migration to the next, and not from one look to the next', () => {
    const costs = { ...noCosts, setupMs: 100, switchMs: 100, variation: 0.3 };
    const ends = [1, 2, 3].map(
      (stream) => runAlone(settingsWith({ stream, costs }), memoryOf(1), atRate(gigabit)).endMs,
    );
    expect(new Set(ends).size).toBe(3);
    for (const end of ends) expect(Math.abs(end - 209)).toBeLessThan(61);
  });
});

describe('a link that changes', () => {
  it('goes on where it was, at the new rate', () => {
    const whole = runAlone(settingsWith({ costs: noCosts }), memoryOf(512), atRate(gigabit)).endMs;
    const halved = setTransferRate(
      begun({ costs: noCosts }, { workingSetBytes: 0, bytesPerSecond: 0 }),
      2000,
      atRate(gigabit / 2),
    );
    const { transfer } = advanceTransfer(halved.transfer, 60_000);
    expect(transfer.handedOverMs ?? 0).toBeCloseTo(2000 + (whole - 1000) * 2, -2);
  });

  it('stands still while nothing gets through, and goes on', () => {
    const cut = setTransferRate(begun(), 3000, atRate(0)).transfer;
    expect(nextTransferEvent(cut)).toBeUndefined();
    const stood = under(cut, 60_000);
    expect(jobStatistics(stood, 60_000).memorySentBytes).toBe(jobStatistics(cut, 3000).memorySentBytes);
    const mended = setTransferRate(stood, 60_000, atRate(gigabit)).transfer;
    expect(jobStatistics(under(mended, 62_000), 62_000).memorySentBytes).toBeGreaterThan(
      jobStatistics(cut, 3000).memorySentBytes + gigabit * 1.9,
    );
  });

  it('keeps the guest stopped while the link is cut in the last part', () => {
    const stopped = under(begun({}, { workingSetBytes: 0, bytesPerSecond: 0 }), 5450);
    expect(stopped.phase).toBe('stop-and-copy');
    const cut = setTransferRate(stopped, 5450, atRate(0)).transfer;
    expect(nextTransferEvent(cut)).toBeUndefined();
    expect(under(setTransferRate(cut, 9000, atRate(gigabit)).transfer, 20_000).phase).toBe('handed-over');
  });
});

describe('auto-converge', () => {
  it('slows the guest by 20 %, then by 10 % more, until it is through', () => {
    const { transfer, events } = runAlone(
      settingsWith({ autoConverge: true }),
      memoryOf(512, { ...busy, bytesPerSecond: 600 * MiB }),
      atRate(gigabit),
    );
    const percents = events.flatMap((event) => (event.kind === 'throttled' ? [event.percent] : []));
    expect(percents.slice(0, 3)).toEqual([20, 30, 40]);
    expect(transfer.phase).toBe('completed');
    expect(jobStatistics(transfer, transfer.endedMs ?? 0).throttlePercent).toBe(percents.at(-1));
    expect(throttlePercent(transfer)).toBe(0);
  });

  it('leaves a guest alone that converges by itself', () => {
    const calm = { workingSetBytes: 128 * MiB, bytesPerSecond: 20 * MiB };
    const { events } = runAlone(settingsWith({ autoConverge: true }), memoryOf(512, calm), atRate(gigabit));
    expect(kinds(events)).not.toContain('throttled');
  });
});

describe('post-copy', () => {
  const switched = startPostCopy(begun({ postCopy: true }), 8000);

  it('stops the guest at once, for no longer than its devices take', () => {
    expect(kinds(switched.events)).toContain('stopped');
    const handed = under(switched.transfer, 8100);
    expect(handed.phase).toBe('handed-over');
    expect((handed.handedOverMs ?? 0) - 8000).toBeLessThan(40);
  });

  it('makes the guest wait for pages, less and less, and completes behind it', () => {
    const running = guestStarted(switched.transfer, 8100).transfer;
    expect(running.phase).toBe('post-copy');
    expect(guestProgress(running)).toBeLessThan(0.2);
    const { transfer, events } = advanceTransfer(running, 60_000);
    expect(transfer.phase).toBe('completed');
    expect(events.at(-1)).toMatchObject({ kind: 'completed', downtimeMs: 100 });
    expect(guestProgress(transfer)).toBe(1);
    let before = guestProgress(running);
    for (const { atMs } of events) {
      const now = guestProgress(under(running, atMs));
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it('is not called off, and breaks into a guest that only both ends can save', () => {
    const running = guestStarted(switched.transfer, 8100).transfer;
    expect(abortTransfer(running, 8200).transfer.phase).toBe('post-copy');
    const broken = breakTransfer(running, 8200, 'the link is cut').transfer;
    expect(broken.phase).toBe('post-copy-paused');
    expect(guestProgress(broken)).toBe(0);
    expect(nextTransferEvent(broken)).toBeUndefined();
    const resumed = resumePostCopy(broken, 90_000).transfer;
    expect(resumed.phase).toBe('post-copy');
    expect(resumed.sending.pages).toEqual(broken.sending.pages);
    expect(under(resumed, 120_000).phase).toBe('completed');
  });

  it('sends on behind a guest that nobody has started, and is complete when it is', () => {
    const all = under(switched.transfer, 60_000);
    expect(all.phase).toBe('handed-over');
    expect(transferFlow(all)).toBeUndefined();
    expect(guestStarted(all, 61_000).events).toEqual([
      { atMs: 61_000, kind: 'completed', downtimeMs: 53_000 },
    ]);
  });

  it('is not begun where it is not allowed or too late, and waits for memory to be under way', () => {
    expect(startPostCopy(begun(), 8000).transfer.phase).toBe('pre-copy');
    const early = startPostCopy(begun({ postCopy: true }), 1001);
    expect(early.transfer.phase).toBe('setup');
    expect(kinds(advanceTransfer(early.transfer, 2000).events)).toEqual([
      'round',
      'stopped',
      'round',
      'handed-over',
    ]);
  });
});

describe('ends', () => {
  it('is cancelled up to the start at the destination, and then no more', () => {
    const idle = { workingSetBytes: 0, bytesPerSecond: 0 };
    for (const atMs of [1010, 3000, 5450, 20_000]) {
      const cancelled = abortTransfer(begun({}, idle), atMs);
      expect(cancelled.transfer).toMatchObject({ phase: 'cancelled', endedMs: atMs });
      expect(nextTransferEvent(cancelled.transfer)).toBeUndefined();
      expect(transferFlow(cancelled.transfer)).toBeUndefined();
    }
    const done = guestStarted(begun({}, idle), 20_000).transfer;
    expect(abortTransfer(done, 20_001).transfer).toBe(done);
  });

  it('fails with its cause before the hand-over, and a break after it does no harm', () => {
    const failed = breakTransfer(begun(), 3000, 'the destination lost its power');
    expect(failed.transfer).toMatchObject({ phase: 'failed', cause: 'the destination lost its power' });
    expect(kinds(failed.events)).toEqual(['round', 'failed']);
    const handed = under(begun({}, { workingSetBytes: 0, bytesPerSecond: 0 }), 20_000);
    expect(breakTransfer(handed, 20_001, 'late').transfer).toBe(handed);
    expect(breakTransfer(failed.transfer, 4000, 'again').transfer).toBe(failed.transfer);
  });
});
