import type { ErrorData } from '#shared/contract/errors.ts';
import type { HostCapacity } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import type { VmInterface } from '#shared/model/vmDetails.ts';
import type { Clock } from '../clock/clock.ts';
import type { ConsolesDriver } from './consoles.ts';
import type { CpuCompatibility, MigrationDriver } from './migration.ts';
import type { DomainDocument } from './xml/domainXml.ts';

export type Unsubscribe = () => void;

/** Every call to a host takes this; a call without a deadline of its own gets the driver's (10 s). */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** A domain as one host knows it: its definition there, whichever host the VM is at home on. */
export interface DomainDescription extends DomainDocument {
  readonly state: VmState;
  readonly reason: VmStateReason;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasSnapshots: boolean;
}

/** Something happened to a domain; the inventory asks for its description again. */
export type DomainEvent =
  | {
      readonly kind: 'changed';
      readonly uuid: string;
      readonly name: string;
      /** The guest has started anew in the same instance: a reboot or reset went through. */
      readonly rebooted?: true;
    }
  | { readonly kind: 'gone'; readonly uuid: string; readonly name: string };

export interface DomainState {
  readonly state: VmState;
  readonly reason: VmStateReason;
}

export interface DomainsDriver {
  list(options?: CallOptions): Promise<readonly DomainDescription[]>;
  /** undefined where the host knows no such domain; throws DroverError where it could not be asked. */
  describe(uuid: string, options?: CallOptions): Promise<DomainDescription | undefined>;
  state(uuid: string, options?: CallOptions): Promise<DomainState | undefined>;
  subscribe(listener: (event: DomainEvent) => void): Unsubscribe;
  /** Instantiates a defined domain; one with saved memory goes on from it. Fails where it runs already. */
  start(uuid: string, options?: CallOptions): Promise<void>;
  pause(uuid: string, options?: CallOptions): Promise<void>;
  resume(uuid: string, options?: CallOptions): Promise<void>;
  /** Writes its memory to the host's disk and ends the instance; answers when that is done. */
  save(uuid: string, options?: CallOptions): Promise<void>;
  /** Drops what `save` wrote; nothing happens where there is none. */
  discardSaved(uuid: string, options?: CallOptions): Promise<void>;
  /** Presses the power button and answers at once; the guest may ignore it. */
  requestShutdown(uuid: string, options?: CallOptions): Promise<void>;
  /** Asks the guest to start anew and answers at once; it may ignore it. */
  requestReboot(uuid: string, options?: CallOptions): Promise<void>;
  /** Presses the reset button: the guest starts anew at once, without being asked. */
  reset(uuid: string, options?: CallOptions): Promise<void>;
  /** Stops the running instance at once; its definition stays if persistent. */
  destroy(uuid: string, options?: CallOptions): Promise<void>;
  /** A persistent definition from libvirt's domain XML; replaces the one of the same UUID and name. */
  define(xml: string, options?: CallOptions): Promise<{ readonly uuid: string; readonly name: string }>;
  /** Removes the definition, and what `save` wrote; disks stay. A running instance goes on without a definition. */
  undefine(uuid: string, options?: CallOptions): Promise<void>;
  /** Only of a domain that does not run. */
  rename(uuid: string, name: string, options?: CallOptions): Promise<void>;
  setAutostart(uuid: string, autostart: boolean, options?: CallOptions): Promise<void>;
  /** The definition as libvirt's domain XML: of the running instance, or with `inactive` what is next started. */
  xml(uuid: string, which: 'current' | 'inactive', options?: CallOptions): Promise<string>;
  /** Its network interfaces with what is known of them at once; those of one that does not run have no addresses. */
  interfaces(uuid: string, options?: CallOptions): Promise<readonly VmInterface[]>;
  /** Sizes of one disk's top image as the hypervisor knows them, whatever the login may read; bytes. */
  diskSize(
    uuid: string,
    target: string,
    options?: CallOptions,
  ): Promise<{ readonly virtualBytes: number; readonly allocatedBytes: number }>;
}

/** Cumulative counters of one domain; rates are worked out by monitoring from two of them. */
export interface DomainCounters {
  readonly uuid: string;
  readonly state: VmState;
  readonly cpuTimeNs?: number;
  readonly vcpus?: number;
  /** What its vCPUs waited for a CPU of the host, all together. */
  readonly cpuReadyNs?: number;
  readonly memoryUsedMiB?: number;
  /** What its balloon leaves it of its memory. */
  readonly memoryGivenMiB?: number;
  readonly diskReadBytes?: number;
  readonly diskWriteBytes?: number;
  readonly networkReceiveBytes?: number;
  readonly networkSendBytes?: number;
}

export interface HostCounters {
  /** All CPUs together, nanoseconds since boot. */
  readonly cpuBusyNs: number;
  readonly cpuTotalNs: number;
  /** Idle while something waited for a disk; not part of busy. */
  readonly cpuWaitNs?: number;
  /** Taken by a hypervisor below; part of neither. */
  readonly cpuStealNs?: number;
  readonly memoryUsedMiB: number;
  readonly memoryTotalMiB: number;
  /** Buffers and caches, which are not part of used. */
  readonly memoryCachedMiB?: number;
  readonly swapUsedMiB?: number;
  /** Through its physical cards and disks, for VMs and all else. */
  readonly networkReceiveBytes?: number;
  readonly networkSendBytes?: number;
  readonly diskReadBytes?: number;
  readonly diskWriteBytes?: number;
}

/**
 * `cheap`: state, CPU and what else costs little. `full`: all counters; memory, block and waiting vCPUs ask every QEMU
 * something, and a host's swap, steal, cards and disks are read by its shell.
 */
export type TelemetryDepth = 'cheap' | 'full';

export interface TelemetryDriver {
  capacity(options?: CallOptions): Promise<HostCapacity>;
  /** What `full` adds is left out where the host's shell does not say it. */
  host(depth: TelemetryDepth, options?: CallOptions): Promise<HostCounters>;
  /** All domains in one call, never waiting for a busy one. */
  domains(depth: TelemetryDepth, options?: CallOptions): Promise<readonly DomainCounters[]>;
}

export interface StorageDriver {
  /**
   * Writes a small marker file named after `token` beside the file that `path` leads to, links followed. Markers there
   * that are older than an hour are removed: whoever wrote them was killed before it could.
   */
  writeMarker(path: string, token: string, options?: CallOptions): Promise<void>;
  /** Whether that marker is beside the file that `path` leads to on this host. */
  hasMarker(path: string, token: string, options?: CallOptions): Promise<boolean>;
  removeMarker(path: string, token: string, options?: CallOptions): Promise<void>;
  /** undefined where there is no such file. Sizes in bytes. */
  inspect(
    path: string,
    options?: CallOptions,
  ): Promise<
    | {
        readonly format: string;
        readonly virtualBytes: number;
        readonly usedBytes: number;
        /** `block`: a device; a marker beside it would prove nothing of what it holds. */
        readonly kind: 'file' | 'block';
        /** What it lies over, by its own header; whether that is there was not looked at. */
        readonly backing?: { readonly path: string; readonly format: string };
      }
    | undefined
  >;
  /** Free bytes in the folder that would hold `path`; undefined where that folder does not exist. */
  freeBytes(path: string, options?: CallOptions): Promise<number | undefined>;
  /**
   * An empty image for an incoming copy; with a backing file for an incremental one. Fails with `already-exists` where
   * anything is there. Until `keepImage` a second name made of `token` beside it tells that it is ours.
   */
  createImage(
    image: {
      readonly path: string;
      readonly format: string;
      readonly virtualBytes: number;
      readonly backing?: { readonly path: string; readonly format: string };
    },
    token: string,
    options?: CallOptions,
  ): Promise<void>;
  /** The image stays: takes the second name away. */
  keepImage(path: string, token: string, options?: CallOptions): Promise<void>;
  /** Removes what `createImage` made with that token, wholly or in part, and nothing else. Safe to repeat. */
  removeImage(path: string, token: string, options?: CallOptions): Promise<void>;
  /** A short fingerprint of a file that is not being written: its size and samples of what is in it. */
  fingerprint(path: string, options?: CallOptions): Promise<string | undefined>;
  /** When these files were last written, as this host sees it; kept ready, so that a look costs one round trip. */
  openStamps(paths: readonly string[], options?: CallOptions): Promise<DiskStamps>;
}

/** One text a file, equal as long as it was not written; absent files have a text too. */
export interface DiskStamps {
  read(options?: CallOptions): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What a host says of itself, for its doctor. */
export interface InspectionDriver {
  inspect(options?: CallOptions): Promise<HostInspection>;
  /** Whether the host itself resolves a name. */
  resolves(name: string, options?: CallOptions): Promise<boolean>;
  /** Whether this host's CPU offers all that another's (libvirt's `<cpu>` of a host) does. */
  offersCpu(hostCpuXml: string, options?: CallOptions): Promise<CpuCompatibility>;
}

/** How a link to a host ended, or stands. */
export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  | {
      readonly state: 'unreachable';
      readonly error: ErrorData;
      readonly retryAt: number;
    }
  | { readonly state: 'needs-attention'; readonly error: ErrorData };

/** What the operator supplies when a host asks; lives in memory only. */
export interface HostCredentials {
  readonly keyFile?: string;
  readonly acceptHostKey?: string;
  readonly password?: string;
  readonly passphrase?: string;
  readonly answers?: readonly string[];
}

/**
 * One host, connected or trying to be. Concerns are by intent; none shows a command line or a libvirt call.
 * While the link is down every call throws a DroverError `host-unreachable` or `connection-lost` at once.
 */
export interface HostDriver {
  readonly domains: DomainsDriver;
  readonly telemetry: TelemetryDriver;
  readonly migration: MigrationDriver;
  readonly storage: StorageDriver;
  readonly inspection: InspectionDriver;
  readonly consoles: ConsolesDriver;
  /** The cluster's: what is waited for on this host, and when something was measured there, is told by it. */
  readonly clock: Clock;
  link(): LinkState;
  /** Addresses at which other hosts may reach this one: the one Drover uses first, then its own. */
  addresses(options?: CallOptions): Promise<readonly string[]>;
  subscribeLink(listener: (state: LinkState) => void): Unsubscribe;
  /** Resolves when connected; rejects with the reason of the first try that ended otherwise. */
  connected(options?: CallOptions): Promise<void>;
  /** Tries again now, with what the operator has supplied meanwhile. */
  reconnect(credentials?: HostCredentials): void;
  /** The host is not wanted any more: what is remembered for logging in to it goes. */
  forgetSecrets(): Promise<void>;
  close(): Promise<void>;
}

export interface HostEndpoint {
  readonly name: string;
  /** `ssh://user@address:port`, or `sim://world/host` of a simulated world. */
  readonly address: string;
  readonly credentials: HostCredentials;
}

/** The one way a driver comes to be; libvirt and the simulator each have one. */
export type OpenHostDriver = (endpoint: HostEndpoint) => HostDriver;
