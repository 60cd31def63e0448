import type { Compression } from './compression.ts';
import type { Counter } from './counter.ts';
import type { GuestMemory } from './guestMemory.ts';
import type { StopRule } from './stopRule.ts';

/** What a flow of a migration is given by the network (`fairShares`), bytes a second. 0 while its link is cut. */
export interface TransferRate {
  /** On average, its cap counted in. */
  readonly bytesPerSecond: number;
  /** Within a burst, and for the last part, which knows no cap. */
  readonly burstBytesPerSecond: number;
}

/** How fast the guest works now, at the source before the switch and at the destination after it. */
export interface GuestPace {
  /** Of its full speed, 0 (paused) to 1: CPU share and throttle together. Its memory is written at this pace. */
  readonly memory: number;
  /** Writes to the disks that are copied; 0 where none is. */
  readonly diskWriteBytesPerSecond: number;
}

export interface TransferSettings {
  /** `streamOf(seed, ...)` of this migration: what varies from one to the next (set-up, switch-over) comes from it. */
  readonly stream: number;
  readonly stop: StopRule;
  /** Left out: as fast as the link. Held in bursts of 100 ms; neither the last part nor post-copy heeds it. */
  readonly bandwidthCapBytesPerSecond?: number;
  readonly autoConverge: boolean;
  /** Left out: pages go as they are. */
  readonly compression?: Compression;
  /** Whether it may be switched to post-copy. */
  readonly postCopy: boolean;
  /** Bytes of disks to copy first; 0 where storage is shared. */
  readonly diskBytes: number;
  readonly costs: TransferCosts;
}

/** What the machines at both ends cost, apart from the network. `defaultCosts` are for a KVM host. */
export interface TransferCosts {
  /** From the order to the first page: connections, the destination's buffers, the bitmap. */
  readonly setupMs: number;
  /** Device state, stopping and starting the CPUs. */
  readonly switchMs: number;
  /** Both vary by up to this share, either way. */
  readonly variation: number;
  /** The one sending thread handles this many bytes of data pages a second, whatever the link. */
  readonly threadBytesPerSecond: number;
  /** It finds this many bytes of zero pages a second. */
  readonly scanBytesPerSecond: number;
  /** The destination takes this many bytes a second of pages it has not held before. */
  readonly firstTouchBytesPerSecond: number;
  /** Under a cap it sleeps out each window of 100 ms and wakes so much late: clocks of whole milliseconds, scheduling. */
  readonly wakeMs: number;
  /** A post-copy guest waits this long for a page that has not come. */
  readonly faultMs: number;
}

/**
 * Where a migration is. The guest runs at the source up to `pre-copy`, nowhere in
 * `stop-and-copy` and `handed-over`, at the destination in `post-copy` and `completed`.
 */
export type TransferPhase =
  | 'setup'
  | 'mirror'
  | 'pre-copy'
  | 'stop-and-copy'
  /** The source has sent what it had to; the guest waits for the destination to be told to start it. */
  | 'handed-over'
  /** The guest runs at the destination; the rest of its pages comes behind it. */
  | 'post-copy'
  /** The link broke in post-copy: the guest stands still at the next page it lacks, and only both ends save it. */
  | 'post-copy-paused'
  | 'completed'
  | 'failed'
  | 'cancelled';

export type TransferEvent = { readonly atMs: number } & (
  | { readonly kind: 'mirrored' }
  /** A bitmap synchronisation: libvirt's migration-iteration event. The first begins round 1. */
  | { readonly kind: 'round'; readonly round: number }
  /** Auto-converge slows the guest: its CPU is to be shared anew (`throttlePercent` of `CpuAsk`). */
  | { readonly kind: 'throttled'; readonly percent: number }
  /** The guest has stopped at the source; the flow knows no cap from here on. */
  | { readonly kind: 'stopped'; readonly postCopy: boolean }
  /** The source is through: libvirt's Perform3 answers. `guestStarted` is to follow. */
  | { readonly kind: 'handed-over'; readonly postCopy: boolean }
  /** In post-copy the guest's pace has changed (`guestProgress`). */
  | { readonly kind: 'pace' }
  /** Nothing is left at the source. Without post-copy it comes with `guestStarted`. */
  | { readonly kind: 'completed'; readonly downtimeMs: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly cause: string }
  | { readonly kind: 'post-copy-paused'; readonly cause: string }
);

/** What is still to be sent, in bytes of pages. Sent in proportion: they lie mixed in the guest's memory. */
export interface Pages {
  readonly zero: number;
  /** Not in the working set. */
  readonly cold: number;
  /** In the working set. */
  readonly hot: number;
}

/** Sending as it stood at `atMs`, in a window of 100 ms; see `sending.ts`. */
export interface Sending {
  readonly atMs: number;
  readonly windowMs: number;
  /** Bytes on the wire in this window. */
  readonly usedBytes: number;
  /** Bytes on the wire in all. */
  readonly sentBytes: number;
  readonly pages: Pages;
  /** Measured over the last whole window. */
  readonly bandwidthBytesPerSecond: number;
  /** Remainder below which it looks again what became dirty. */
  readonly thresholdBytes: number;
}

/** The round that is under way; for rules that go by rounds. */
export interface Round {
  readonly sinceMs: number;
  /** On the wire up to its begin. */
  readonly sentBytes: number;
  readonly lastBytes: number;
  /** Its own rate, where the rule sets one. */
  readonly bytesPerSecond?: number;
}

/** Since the last look at how much is dirtied (a second or more ago): auto-converge and the dirty rate come from it. */
export interface DirtyPeriod {
  readonly sinceMs: number;
  /** On the wire up to its begin. */
  readonly sentBytes: number;
  readonly dirtiedBytes: number;
  /** Of the period before; 0 until there is one. */
  readonly pagesPerSecond: number;
}

export interface Convergence {
  readonly throttlePercent: number;
  /** Periods in which the guest dirtied more than half of what was sent, since the last slowing. */
  readonly highPeriods: number;
}

/** The disk's copy: block by block, and again what the guest writes behind it. */
export interface Mirror {
  readonly totalBytes: number;
  readonly sinceMs: number;
  /** Not yet copied, or written again since. */
  readonly remainingBytes: number;
  readonly sentBytes: number;
  readonly ready: boolean;
}

/** A post-copy's remainder, sent behind the guest in tenths; within one the guest's pace is constant. */
export interface Behind {
  readonly tenthBytes: number;
  /** Of those that it touches, the share it has to wait for; 0 to 1. */
  readonly missing: number;
}

/** A migration's transfer: plain data, to be kept and loaded. Changed only by the functions of `transfer.ts`. */
export interface Transfer {
  readonly settings: TransferSettings;
  readonly memory: GuestMemory;
  readonly phase: TransferPhase;
  readonly beganMs: number;
  readonly phaseSinceMs: number;
  readonly rate: TransferRate;
  readonly pace: GuestPace;
  readonly mirror: Mirror;
  readonly sending: Sending;
  /** Bytes the guest has written since the last synchronisation. */
  readonly written: Counter;
  readonly synchronisations: number;
  readonly round: Round;
  readonly period: DirtyPeriod;
  readonly convergence: Convergence;
  readonly postCopyAsked: boolean;
  /** From the hand-over of a post-copy on. */
  readonly behind?: Behind;
  /** The guest stopped at the source. */
  readonly stoppedMs?: number;
  readonly handedOverMs?: number;
  /** The guest started at the destination. */
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly cause?: string;
}

export interface Advanced {
  readonly transfer: Transfer;
  /** In order of time. */
  readonly events: readonly TransferEvent[];
}
