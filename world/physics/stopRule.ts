/** When the guest is stopped and the rest sent. One kind so far; Xen's and vMotion's rules are further kinds here. */
export type StopRule = { readonly kind: 'qemu'; readonly downtimeLimitMs: number };

/** What a rule may look at, just after a synchronisation. */
export interface StopLook {
  readonly remainingBytes: number;
  /** As `lookThresholdBytes` said at the end of the last window. */
  readonly thresholdBytes: number;
}

/**
 * The remainder below which it is looked again what became dirty. QEMU (migration.c, migration_update_counters):
 * bandwidth measured over the last window, times allowed downtime. A rule that waits for the end of a round says 0.
 */
export function lookThresholdBytes(rule: StopRule, bandwidthBytesPerSecond: number): number {
  switch (rule.kind) {
    case 'qemu':
      return (bandwidthBytesPerSecond * rule.downtimeLimitMs) / 1000;
    default:
      return rule.kind satisfies never;
  }
}

/** Whether, having looked, it stops the guest. QEMU (migration_iteration_run): nothing left, or below the same. */
export function stopsNow(rule: StopRule, { remainingBytes, thresholdBytes }: StopLook): boolean {
  switch (rule.kind) {
    case 'qemu':
      return remainingBytes <= 0 || remainingBytes < thresholdBytes;
    default:
      return rule.kind satisfies never;
  }
}
