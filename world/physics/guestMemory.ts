export const pageBytes = 4096;

/** How writes fall on the pages of the working set. */
export type WritePattern =
  /** Any page as likely as any other. */
  | { readonly kind: 'uniform' }
  /** One page after the other, round and round. */
  | { readonly kind: 'sequential' }
  /** `hotShare` of the working set takes `hotWrites` of the writes (both 0 to 1), evenly within each part. */
  | { readonly kind: 'hot-cold'; readonly hotShare: number; readonly hotWrites: number };

export interface MemoryWrites {
  readonly workingSetBytes: number;
  /** Page-sized writes, 4096 bytes each, at full speed. */
  readonly bytesPerSecond: number;
  readonly pattern: WritePattern;
}

export interface GuestMemory {
  readonly totalBytes: number;
  /** Pages that are not zero, the working set among them. */
  readonly touchedBytes: number;
  readonly writes: MemoryWrites;
}

/**
 * Bytes in pages that differ after `writtenBytes` of writes: a page written twice counts once, so it saturates at the
 * working set. Uniform: W(1 - exp(-x/W)), the expected number of bins hit. Sequential: min(W, x).
 */
export function dirtyBytesAfter(writes: MemoryWrites, writtenBytes: number): number {
  const set = writes.workingSetBytes;
  if (set <= 0 || writtenBytes <= 0) return 0;
  switch (writes.pattern.kind) {
    case 'uniform':
      return binsHit(set, writtenBytes);
    case 'sequential':
      return Math.min(set, writtenBytes);
    case 'hot-cold': {
      const { hotShare, hotWrites } = writes.pattern;
      return (
        binsHit(set * hotShare, writtenBytes * hotWrites) +
        binsHit(set * (1 - hotShare), writtenBytes * (1 - hotWrites))
      );
    }
    default:
      return writes.pattern satisfies never;
  }
}

function binsHit(bins: number, throws: number): number {
  return bins <= 0 ? 0 : -bins * Math.expm1(-throws / bins);
}
