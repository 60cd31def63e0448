import type { MigrationJob } from '#shared/model/migrationJob.ts';
import type { CallOptions, Unsubscribe } from './drivers.ts';

/**
 * Live migration managed by Drover, by libvirt's version-3 protocol: five phases, alternating between the two
 * hosts, each handing a cookie to the next. No trust and no login between the hosts. A source end and a
 * destination end are opened on their own connections to the hosts (a long call blocks its connection).
 * Source: libvirt src/libvirt-domain.c, "virDomainMigrateVersion3Full".
 */
export interface MigrationDriver {
  openSource(uuid: string, options?: CallOptions): Promise<MigrationSource>;
  openDestination(options?: CallOptions): Promise<MigrationDestination>;
  /** What a host says of a migration job of this domain, over the control connection. */
  job(uuid: string, options?: CallOptions): Promise<MigrationJob | undefined>;
  abort(uuid: string, options?: CallOptions): Promise<void>;
  /** Lets the guest go on at the destination and fetch the rest from there; refused before there is such a job. */
  startPostCopy(uuid: string, options?: CallOptions): Promise<void>;
  /** Stops the exchange of a migration in post-copy that no longer moves, so that it can be taken up again. */
  pausePostCopy(uuid: string, options?: CallOptions): Promise<void>;
  /** Which of these bridges and networks the host lacks, each in a few words; empty where it has them all. */
  missingNetworks(
    nics: readonly { readonly kind: string; readonly source: string }[],
    options?: CallOptions,
  ): Promise<readonly string[]>;
  /** Whether a destination's own address, port included, can be reached from this host. */
  canReach(address: string, port: number, options?: CallOptions): Promise<ReachResult>;
  /** Whether this host's CPU offers what a domain asks; `from` is what its present host says of both. */
  cpuCompatible(
    from: { readonly domainXml: string; readonly hostCpuXml: string },
    options?: CallOptions,
  ): Promise<CpuCompatibility>;
  /** The host's own CPU, as libvirt's `<cpu>` element. */
  hostCpuXml(options?: CallOptions): Promise<string>;
  /** The migratable definition, as the source would send it. */
  migratableXml(uuid: string, options?: CallOptions): Promise<string>;
  /** Ports the host's hypervisor listens on for incoming migrations, first to last. */
  portRange(options?: CallOptions): Promise<{ readonly first: number; readonly last: number }>;
}

export type ReachResult =
  /** `closed`: the host itself said that nothing listens there, which is right before a migration. */
  | { readonly reachable: true; readonly how: 'open' | 'closed' | 'not-tried' }
  | { readonly reachable: false; readonly cause: string };

export type CpuCompatibility =
  | { readonly compatible: true }
  | { readonly compatible: false; readonly cause: string };

export interface MigrationSettings {
  readonly domainName: string;
  readonly bandwidthMiBPerSecond?: number;
  readonly maxDowntimeMs?: number;
  readonly copyStorage: 'none' | 'full' | 'incremental';
  /** Targets (vda ...) of the disks to copy; the others are shared. */
  readonly copyDisks: readonly string[];
  readonly autoConverge: boolean;
  readonly postCopy: boolean;
  /** Takes up a migration that stopped in post-copy: both ends still hold their part of the memory. */
  readonly resumePostCopy: boolean;
  /** Only after both hosts were shown to see the same files and the cache mode is safe. */
  readonly unsafe: boolean;
  /** Address of the destination that the source can reach; goes into the URIs. */
  readonly destinationAddress: string;
}

export type Cookie = Uint8Array;

export interface MigrationSource {
  begin(
    settings: MigrationSettings,
    options?: CallOptions,
  ): Promise<{ readonly cookie: Cookie; readonly xml: string }>;
  /** Long: from the first byte to the guest stopped and everything sent (or, in post-copy, switched). */
  perform(
    settings: MigrationSettings,
    handover: { readonly cookie: Cookie; readonly uri: string; readonly xml: string },
    signal?: AbortSignal,
  ): Promise<{ readonly cookie: Cookie }>;
  confirm(
    settings: MigrationSettings,
    cookie: Cookie,
    cancelled: boolean,
    options?: CallOptions,
  ): Promise<void>;
  /** The allowed downtime is a call of its own, made while the job runs. */
  setMaxDowntime(milliseconds: number, options?: CallOptions): Promise<void>;
  subscribe(listener: (event: MigrationEvent) => void): Unsubscribe;
  onClose(listener: (reason: Error) => void): Unsubscribe;
  close(): Promise<void>;
}

export interface MigrationDestination {
  prepare(
    settings: MigrationSettings,
    handover: { readonly cookie: Cookie; readonly xml: string },
    options?: CallOptions,
  ): Promise<{ readonly cookie: Cookie; readonly uri: string }>;
  /** Starts the guest there (cancelled false), or takes the incoming one away (cancelled true). */
  finish(
    settings: MigrationSettings,
    handover: { readonly cookie: Cookie; readonly uri: string },
    cancelled: boolean,
    options?: CallOptions,
  ): Promise<{ readonly cookie: Cookie }>;
  /** One round trip, so that what hangs on this session is known to be there still. */
  answers(options?: CallOptions): Promise<void>;
  /** Completed statistics, the measured downtime among them. */
  completedJob(uuid: string, options?: CallOptions): Promise<MigrationJob | undefined>;
  onClose(listener: (reason: Error) => void): Unsubscribe;
  close(): Promise<void>;
}

export type MigrationEvent =
  | { readonly kind: 'round'; readonly round: number }
  /** The source guest has stopped executing: switch-over begins. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'post-copy-active' }
  | { readonly kind: 'post-copy-failed' }
  /** The original is gone from the source: the last figures, the measured downtime among them. */
  | { readonly kind: 'completed'; readonly job: MigrationJob };
