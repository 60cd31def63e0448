import { describe, expect, it } from 'vitest';
import { compressed } from './compression.ts';
import { atRate, MiB, memoryOf, noCosts, runAlone, settingsWith } from './testing/alone.ts';
import type { TransferSettings } from './transferTypes.ts';

function sent(compression: TransferSettings['compression'], writesMiBPerSecond = 0) {
  const { transfer } = runAlone(
    settingsWith({ costs: noCosts, ...(compression === undefined ? {} : { compression }) }),
    memoryOf(1024, { workingSetBytes: 256 * MiB, bytesPerSecond: writesMiBPerSecond * MiB }),
    atRate(100 * MiB),
    600_000,
  );
  return { MiB: transfer.sending.sentBytes / MiB, ms: transfer.handedOverMs ?? Number.POSITIVE_INFINITY };
}

describe('compression by threads', () => {
  it('sends less, as fast as the link or the threads allow', () => {
    const plain = sent(undefined);
    const fast = sent({ kind: 'threads', ratio: 0.25, bytesPerSecond: 1000 * MiB });
    expect(fast.MiB / plain.MiB).toBeCloseTo(0.25, 3);
    expect(fast.ms / plain.ms).toBeCloseTo(0.25, 2);
    const slow = sent({ kind: 'threads', ratio: 0.25, bytesPerSecond: 50 * MiB });
    expect(slow.MiB).toBeCloseTo(fast.MiB, 3);
    expect(slow.ms / plain.ms).toBeCloseTo(2, 1);
  });
});

describe('XBZRLE', () => {
  const xbzrle = { kind: 'xbzrle', hitShare: 0.9, deltaRatio: 0.1, bytesPerSecond: 2000 * MiB } as const;

  it('is for pages that were sent before', () => {
    expect(compressed(xbzrle, true, 1e9)).toEqual({ ratio: 1, threadBytesPerSecond: 1e9 });
    expect(compressed(xbzrle, false, 1e9).ratio).toBeCloseTo(0.19, 9);
    // But for what is left at the stop, which the model takes for sent before.
    expect(sent(xbzrle).MiB / sent(undefined).MiB).toBeGreaterThan(0.97);
  });

  it('brings a guest through that never would be', () => {
    expect(sent(undefined, 130).ms).toBe(Number.POSITIVE_INFINITY);
    expect(sent(xbzrle, 130).ms).toBeLessThan(60_000);
  });
});
