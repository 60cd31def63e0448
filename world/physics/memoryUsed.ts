import { noiseBetween } from './random.ts';
import type { GuestPhase } from './workload.ts';

/** What a guest's memory in use (balloon figure: all less what the guest calls usable) hangs on. */
export interface MemoryUse {
  readonly stream: number;
  /** Pages in use once it has booted. */
  readonly touchedBytes: number;
  readonly phase: GuestPhase;
  readonly bootedMs: number;
  readonly bootMs: number;
}

const slotMs = 10_000;
/** A kernel and what it loads first, beside what runs later. */
const atFirst = 0.15;
const ripple = 0.02;

/**
 * Bytes in use at a moment: growing while it boots, then what it touches, with a ripple of 2 % by slots of 10 s. A hung
 * or paused guest says nothing new: its driver does not answer, so the figure stays as it was at `asOfMs`.
 */
export function memoryUsedBytes(use: MemoryUse, asOfMs: number): number {
  switch (use.phase) {
    case 'off':
      return 0;
    case 'booting': {
      const part = use.bootMs <= 0 ? 1 : Math.min(1, Math.max(0, (asOfMs - use.bootedMs) / use.bootMs));
      return use.touchedBytes * (atFirst + (1 - atFirst) * part);
    }
    case 'running':
    case 'paused':
    case 'hung':
      return touchedNow(use.touchedBytes, use.stream, asOfMs);
    default:
      return use.phase satisfies never;
  }
}

/** The same of a guest that has booted. */
export function touchedNow(touchedBytes: number, stream: number, atMs: number): number {
  return touchedBytes * noiseBetween(~stream, Math.floor(atMs / slotMs), 1 - 2 * ripple, 1);
}
