/** What is done to pages before they are sent. */
export type Compression =
  /** QEMU's multi-thread compression (docs/multi-thread-compression.txt): all threads together, bytes of pages a second. */
  | { readonly kind: 'threads'; readonly ratio: number; readonly bytesPerSecond: number }
  /**
   * QEMU's XBZRLE (docs/xbzrle.txt): of a page sent before and still in the cache only what changed goes. `hitShare` of
   * such pages are, and `deltaRatio` of one is sent; coded at `bytesPerSecond`.
   */
  | {
      readonly kind: 'xbzrle';
      readonly hitShare: number;
      readonly deltaRatio: number;
      readonly bytesPerSecond: number;
    };

/** Of a byte of pages: what goes over the wire, and what the sending threads handle of them a second at the most. */
export function compressed(
  compression: Compression | undefined,
  firstRound: boolean,
  threadBytesPerSecond: number,
): { readonly ratio: number; readonly threadBytesPerSecond: number } {
  switch (compression?.kind) {
    case undefined:
      return { ratio: 1, threadBytesPerSecond };
    case 'threads':
      return {
        ratio: compression.ratio,
        threadBytesPerSecond: Math.min(threadBytesPerSecond, compression.bytesPerSecond),
      };
    case 'xbzrle': {
      if (firstRound) return { ratio: 1, threadBytesPerSecond };
      const { hitShare, deltaRatio, bytesPerSecond } = compression;
      return {
        ratio: hitShare * deltaRatio + (1 - hitShare),
        threadBytesPerSecond: Math.min(threadBytesPerSecond, bytesPerSecond),
      };
    }
    default:
      return compression satisfies never;
  }
}
