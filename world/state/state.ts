import type { WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import type { Happening } from '#shared/model/happening.ts';
import type { MigrationJob } from '#shared/model/migrationJob.ts';
import type { VmStateReason } from '#shared/model/vm.ts';
import type { GuestConsoles } from '../consoles/guestConsole.ts';
import type { TransferState } from '../migrations/transferState.ts';
import type { Evacuation } from '../operator/evacuating.ts';
import type { OperatorMove } from '../operator/moving.ts';
import type { GuestWorkload } from '../scenario/workload.ts';
import type { WorldEvent } from './events.ts';

/**
 * A world between two of its moments: plain data, so that it can be written down and read again, and nothing that lives
 * only as long as the process does. Times are simulated milliseconds since 1970. What does not change is the
 * scenario's and not here.
 */
export interface WorldState {
  readonly version: number;
  readonly scenario: string;
  readonly seed: number;
  readonly startedAt: number;
  now: number;
  /** As the operator set it. */
  readonly clock: { rate: number; paused: boolean };
  /** What ids are made of; never goes back. */
  lastNumber: number;
  readonly hosts: Record<string, HostState>;
  /** By the store's key: its name, or name@host where each host has its own. */
  readonly stores: Record<string, StoreState>;
  readonly transfers: Record<string, TransferState>;
  /** The uplinks of switches, by the switch's name. */
  readonly switches: Record<string, UplinkState>;
  /** Migrations and evacuations that the scenario's own operator has under way, by their ids. */
  readonly moves: Record<string, OperatorMove>;
  readonly evacuations: Record<string, Evacuation>;
  /** What came of the timeline, in order; bounded. */
  readonly happenings: Happening[];
  /** What guests do, by UUID: it lies on their disks, so it stays when they move. */
  readonly workloads: Record<string, GuestWorkload>;
  /** Loads that are higher, or lower, for a while. */
  surges: SurgeState[];
  scheduled: readonly ScheduledEvent[];
}

export interface SurgeState {
  readonly uuids: readonly string[];
  readonly times: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface ScheduledEvent {
  readonly at: number;
  readonly order: number;
  readonly event: WorldEvent;
}

export interface UplinkState {
  cut: boolean;
  bitsPerSecond: number;
}

export interface HostState {
  readonly name: string;
  power: 'on' | 'starting' | 'off';
  /** Counts its boots: what was scheduled in an earlier one is void. */
  boot: number;
  /** When it was last switched on. */
  bootedAt: number;
  cut: boolean;
  linkBitsPerSecond: number;
  distanceMs: number;
  /** Since when nothing has come through to it or from it. */
  silentSince?: number;
  /** Since when it is heard again after its last silence. */
  heardSince: number;
  /** When connections of before that silence are: TCP tries again ever more seldom. */
  resumesAt: number;
  /** False while libvirt restarts. */
  libvirtRuns: boolean;
  /** Counts its starts: what waited in an earlier one is void. */
  libvirtStarts: number;
  readonly domains: Record<string, DomainState>;
  /** Up to when the counters of the host and its domains have been added up. */
  countedTo: number;
  cpuBusyNs: number;
  cpuTotalNs: number;
  /** What it has drawn since the world began, whatever it was switched off in between. */
  energyJoules: number;
  /** Through its card and its disks, since it was switched on. */
  traffic: HostTraffic;
}

export interface HostTraffic {
  networkReceiveBytes: number;
  networkSendBytes: number;
  diskReadBytes: number;
  diskWriteBytes: number;
}

/** What a definition says; state and the like are worked out. */
export type DomainDefinition = Omit<
  WorldDomain,
  'uuid' | 'state' | 'reason' | 'persistent' | 'autostart' | 'hasSnapshots'
>;

export interface DomainState {
  readonly uuid: string;
  definition: DomainDefinition;
  /** What was defined while an instance ran; it is next started with that. */
  nextDefinition?: DomainDefinition;
  persistent: boolean;
  autostart: boolean;
  /** Why it does not run, while it does not. */
  endedBy: VmStateReason;
  /** When a migration last brought it here and it was let run. */
  arrivedAt?: number;
  /** What `save` wrote. */
  saved?: { readonly bytes: number; readonly guest: GuestState; readonly wasActive: boolean };
  instance?: InstanceState;
}

export interface InstanceState {
  /** Tells one instance from the next; what was scheduled for an earlier one is void. */
  readonly run: number;
  state: 'active' | 'paused';
  reason: VmStateReason;
  guest: GuestState;
  counters: InstanceCounters;
  outgoing?: OutgoingJob;
  incoming?: IncomingJob;
  saving?: { readonly startedAt: number; readonly bytes: number; readonly wasActive: boolean };
  /** Of what it has written, so much is in the sizes of its disks' files already. */
  grownBytes: number;
  /** Since when its guest has said nothing of itself: it stands still or hangs. */
  quietSince?: number;
  /** It is being filled from what was saved. */
  restoring?: { readonly startedAt: number; readonly wasActive: boolean };
  /** The last migration that ended here, for who asks later. */
  completed?: MigrationJob;
}

export interface GuestState {
  /** Tells whether it is the same guest still; a reset or reboot makes it another. */
  bootedAt: number;
  phase: 'booting' | 'up' | 'shutting-down' | 'rebooting';
  hung: boolean;
  /** When it is through with its phase, if it is let run. */
  dueAt?: number;
  /** What its consoles show, once somebody has looked. */
  consoles?: GuestConsoles;
  /** When its power button was last pressed, for guests that want to be asked twice. */
  askedAt?: number;
}

export interface InstanceCounters {
  cpuNs: number;
  /** What its vCPUs waited for a core. */
  readyNs: number;
  diskReadBytes: number;
  diskWriteBytes: number;
  networkReceiveBytes: number;
  networkSendBytes: number;
}

/** The source's side of a migration: libvirt's job. */
export interface OutgoingJob {
  /** The session that asked for it; absent once that is gone and nobody waits. */
  session?: string;
  phase: 'begun' | 'connecting' | 'performing' | 'performed';
  readonly startedAt: number;
  readonly settings: WorldMigrationSettings;
  /** Where it is to go, while it tries to connect. */
  uri?: string;
  transfer?: string;
  /** Whether the guest executed when it began. */
  readonly wasActive: boolean;
}

/** The destination's side: a QEMU that waits for a guest. */
export interface IncomingJob {
  /** It goes when this session does, until it was told to start. */
  session?: string;
  readonly port: number;
  readonly startedAt: number;
  readonly settings: WorldMigrationSettings;
  /** Told to start the guest, which it does once everything is there. */
  finishing: boolean;
  /** Its guest is to execute here, as it did there. */
  readonly startsActive: boolean;
  transfer?: string;
}

export interface StoreState {
  readonly capacityBytes: number;
  readonly files: Record<string, FileState>;
  /** A guest that writes where nothing was before is stopped. */
  full: boolean;
  /** No guest reads and writes more than this, bytes a second, while all of them would more than the store can. */
  levelBytesPerSecond?: number;
  /** Its rate may not do for all who use it: it is shared anew in each slot. */
  isCrowded: boolean;
  /** When it is next shared, or was last. */
  sharedNextMs?: number;
  /** Counts the looks at how full it is: one that was planned earlier is void. */
  look: number;
  /** Small files that prove a store is the same one, by their path. */
  readonly markers: Record<string, string>;
}

export interface FileState {
  format: string;
  virtualBytes: number;
  usedBytes: number;
  backing?: { readonly path: string; readonly format: string };
  /** Whose it is until it is kept. */
  token?: string;
  /** Stands for what is in it: equal contents, equal number. */
  contents: number;
  /** When something other than a running guest last wrote it. */
  writtenAt: number;
}
