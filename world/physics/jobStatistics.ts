import type { Transfer } from './transferTypes.ts';

/** What libvirt's job statistics show of a transfer; bytes and milliseconds. Parts that are not known yet are left out. */
export interface JobStatistics {
  readonly timeElapsedMs: number;
  readonly memoryTotalBytes: number;
  readonly memorySentBytes: number;
  readonly memoryRemainingBytes: number;
  readonly diskTotalBytes: number;
  readonly diskSentBytes: number;
  readonly diskRemainingBytes: number;
  readonly throughputBytesPerSecond?: number;
  readonly dirtyRatePagesPerSecond?: number;
  readonly pageSizeBytes: number;
  /** Bitmap synchronisations so far. */
  readonly round?: number;
  /** Expected while it runs, measured once the guest runs at the destination. */
  readonly downtimeMs?: number;
  /** Of it, what the source's QEMU measured: without the hand-over by whoever manages the migration. */
  readonly downtimeNetMs?: number;
  readonly setupTimeMs?: number;
  readonly throttlePercent?: number;
}

/** At a moment up to the next event; the transfer itself stays as it is. */
export function jobStatistics(transfer: Transfer, atMs: number): JobStatistics {
  const elapsed = Math.max(0, (transfer.endedMs ?? atMs) - transfer.beganMs);
  const { pages, sentBytes } = transfer.sending;
  return {
    timeElapsedMs: Math.round(elapsed),
    memoryTotalBytes: transfer.memory.totalBytes,
    memorySentBytes: Math.round(sentBytes),
    memoryRemainingBytes: Math.round(pages.zero + pages.cold + pages.hot),
    diskTotalBytes: transfer.mirror.totalBytes,
    diskSentBytes: Math.round(transfer.mirror.sentBytes),
    diskRemainingBytes: Math.round(transfer.mirror.remainingBytes),
    pageSizeBytes: 4096,
  };
}
