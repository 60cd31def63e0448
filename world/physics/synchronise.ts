import { changeRate, counterFrom, readCounter } from './counter.ts';
import { dirtyBytesAfter, type MemoryWrites, pageBytes } from './guestMemory.ts';
import type { Convergence, DirtyPeriod, Pages, Transfer } from './transferTypes.ts';

/** QEMU looks at how a migration gets on not more often than this (ram.c, migration_bitmap_sync). */
const periodMs = 1000;

/**
 * A bitmap synchronisation: pages written since the last one are to be sent again. Now and then, with it, the dirty rate
 * is measured and auto-converge decides.
 */
export function synchronise(transfer: Transfer, atMs: number): Transfer {
  const { sending, memory, period } = transfer;
  const { hot } = sending.pages;
  const written = readCounter(transfer.written, atMs);
  const dirty = dirtyBytesAfter(memory.writes, written);
  const merged = united(memory.writes, hot, dirty);
  const dirtiedBytes = period.dirtiedBytes + merged - hot;
  const synchronised: Transfer = {
    ...transfer,
    sending: { ...sending, pages: { ...sending.pages, hot: merged } },
    written: changeRate(counterFrom(atMs), atMs, transfer.written.perSecond),
    synchronisations: transfer.synchronisations + 1,
    period: { ...period, dirtiedBytes },
  };
  const lastedMs = atMs - period.sinceMs;
  if (lastedMs <= periodMs) return synchronised;
  const next: DirtyPeriod = {
    sinceMs: atMs,
    sentBytes: sending.sentBytes,
    dirtiedBytes: 0,
    pagesPerSecond: (dirtiedBytes / pageBytes / lastedMs) * 1000,
  };
  const convergence = transfer.settings.autoConverge
    ? converge(transfer.convergence, dirtiedBytes, sending.sentBytes - period.sentBytes)
    : transfer.convergence;
  return { ...synchronised, period: next, convergence };
}

/**
 * Pages that are dirty where `left` were still to be sent and `dirty` were written since. A sweep has left those behind
 * and comes to them last; random writes hit them as likely as any other page of the working set.
 */
function united(writes: MemoryWrites, left: number, dirty: number): number {
  const set = writes.workingSetBytes;
  if (set <= 0) return left;
  return writes.pattern.kind === 'sequential'
    ? Math.min(set, left + dirty)
    : left + dirty * (1 - Math.min(1, left / set));
}

/**
 * QEMU's auto-converge (ram.c, migration_trigger_throttle): twice more dirtied than half of what was sent, and the guest
 * sleeps 20 % of its time, then 10 % more each time, up to 99 %.
 */
export function converge(convergence: Convergence, dirtiedBytes: number, sentBytes: number): Convergence {
  if (dirtiedBytes <= sentBytes * 0.5) return convergence;
  if (convergence.highPeriods + 1 < 2) return { ...convergence, highPeriods: convergence.highPeriods + 1 };
  const { throttlePercent } = convergence;
  return { throttlePercent: throttlePercent === 0 ? 20 : Math.min(99, throttlePercent + 10), highPeriods: 0 };
}

/** Nothing of this guest's memory has been sent. */
export function allPages({
  totalBytes,
  touchedBytes,
  writes,
}: {
  readonly totalBytes: number;
  readonly touchedBytes: number;
  readonly writes: MemoryWrites;
}): Pages {
  const touched = Math.min(touchedBytes, totalBytes);
  const hot = Math.min(writes.workingSetBytes, touched);
  return { zero: totalBytes - touched, cold: touched - hot, hot };
}
