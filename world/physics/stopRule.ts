/** When the guest is stopped and the rest sent. QEMU's is what simulated hosts do; the others replay published runs. */
export type StopRule =
  | { readonly kind: 'qemu'; readonly downtimeLimitMs: number }
  /**
   * Xen's, looked at after each round (xc_domain_save.c): the last round has been begun, hardly a page is dirty, more
   * was sent than so many times the guest's memory, or a round grew although it went at the fastest rate.
   */
  | {
      readonly kind: 'xen';
      /** 29 in the classic code, 5 in the newer (xg_sr_save.c, SPP_MAX_ITERATIONS). */
      readonly mostRounds: number;
      /** 3 in the classic code; left out where there is no such bound. */
      readonly mostTimesMemory?: number;
      /** Of Clark et al. 2005: each round may go by so much faster than the last one's pages became dirty. */
      readonly adaptive?: AdaptiveRate;
    }
  /**
   * As VMware describes vMotion's: when what is left goes over within the switch-over goal. While rounds do not shrink
   * the guest is slowed down step by step ("stun during page send"). No code of it is
   * published: an order of magnitude.
   */
  | { readonly kind: 'vmotion'; readonly goalMs: number };

/** Clark et al. 2005, 5.3: begins at `least`, then the last round's dirty rate and `step` more, up to `most`. */
export interface AdaptiveRate {
  readonly leastBytesPerSecond: number;
  readonly stepBytesPerSecond: number;
  readonly mostBytesPerSecond: number;
}

/** What a rule may look at, just after a synchronisation. */
export interface StopLook {
  readonly remainingBytes: number;
  /** As `lookThresholdBytes` said at the end of the last window. */
  readonly thresholdBytes: number;
  /** Rounds that are through. */
  readonly rounds: number;
  readonly memoryBytes: number;
  readonly sentBytes: number;
  readonly roundBytes: number;
  readonly lastRoundBytes: number;
  /** As it goes now, and whether that is the fastest that the rule knows. */
  readonly bytesPerSecond: number;
  readonly isFastest: boolean;
}

const pageBytes = 4096;
/** Of both of Xen's: below so many dirty pages a round is not worth while. */
const fewestPages = 50;

/**
 * The remainder below which it is looked again what became dirty. QEMU (migration.c, migration_update_counters):
 * bandwidth measured over the last window, times allowed downtime. A rule that waits for the end of a round says 0.
 */
export function lookThresholdBytes(rule: StopRule, bandwidthBytesPerSecond: number): number {
  return rule.kind === 'qemu' ? (bandwidthBytesPerSecond * rule.downtimeLimitMs) / 1000 : 0;
}

/** Whether, having looked, it stops the guest. QEMU (migration_iteration_run): nothing left, or below the same. */
export function stopsNow(rule: StopRule, look: StopLook): boolean {
  switch (rule.kind) {
    case 'qemu':
      return look.remainingBytes <= 0 || look.remainingBytes < look.thresholdBytes;
    case 'xen':
      return (
        look.rounds >= rule.mostRounds ||
        look.remainingBytes < fewestPages * pageBytes ||
        look.sentBytes > (rule.mostTimesMemory ?? Number.POSITIVE_INFINITY) * look.memoryBytes ||
        (look.rounds > 1 && look.roundBytes > look.lastRoundBytes && look.isFastest)
      );
    case 'vmotion':
      return look.remainingBytes <= (look.bytesPerSecond * rule.goalMs) / 1000;
    default:
      return rule satisfies never;
  }
}

/** Percent of its time that a guest sleeps whose rounds do not shrink, next. */
export function slowedBy(rule: StopRule, look: StopLook, percent: number): number {
  if (rule.kind !== 'vmotion' || look.rounds < 2) return percent;
  const shrinks = look.remainingBytes < look.roundBytes * mostOfRound;
  return shrinks ? percent : Math.min(mostSlowed, percent + slowStep);
}

const mostOfRound = 0.75;
const slowStep = 10;
const mostSlowed = 99;

/** The rate of the round that begins; undefined where the rule has none of its own. */
export function rateOfRound(
  rule: StopRule,
  round: { readonly dirtiedBytes: number; readonly lastedMs: number } | undefined,
): number | undefined {
  if (rule.kind !== 'xen' || rule.adaptive === undefined) return undefined;
  const { leastBytesPerSecond, stepBytesPerSecond, mostBytesPerSecond } = rule.adaptive;
  if (round === undefined) return leastBytesPerSecond;
  const dirtyRate = round.lastedMs <= 0 ? mostBytesPerSecond : (round.dirtiedBytes / round.lastedMs) * 1000;
  return Math.min(mostBytesPerSecond, Math.max(leastBytesPerSecond, dirtyRate + stepBytesPerSecond));
}
