/** When the guest is stopped and the rest sent. One kind so far; others (Xen's, vMotion's) are further kinds here. */
export type StopRule = { readonly kind: 'qemu'; readonly downtimeLimitMs: number };

/** What a rule may look at. */
export interface StopLook {
  readonly remainingBytes: number;
  /** Bytes a second, as measured over the last window of 100 ms. */
  readonly bandwidthBytesPerSecond: number;
}

/**
 * The remainder below which it is looked again what became dirty, and below which, having looked, it stops.
 * QEMU, migration.c: remaining < measured bandwidth x allowed downtime.
 */
export function stopThresholdBytes(rule: StopRule, bandwidthBytesPerSecond: number): number {
  return (bandwidthBytesPerSecond * rule.downtimeLimitMs) / 1000;
}

export function mayStop(rule: StopRule, look: StopLook): boolean {
  return (
    look.remainingBytes === 0 || look.remainingBytes < stopThresholdBytes(rule, look.bandwidthBytesPerSecond)
  );
}
