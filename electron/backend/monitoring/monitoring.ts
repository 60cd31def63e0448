import { type ClusterId, type HostId, type VmId, vmId } from '#shared/model/ids.ts';
import type { Samples } from '#shared/model/samples.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { HostDefinition, HostFollower } from '../hosts/registry.ts';
import { type HostSweep, sampleHost } from './sampleHost.ts';

/** What the inventory knows of a VM: several hosts may measure it while it moves, but it is at home on one. */
export type FindVm = (id: VmId) => { readonly hostId: HostId; readonly vcpus: number } | undefined;

export const keptMs = 15 * 60_000;
/** Sweeps of all hosts that arrive within this go out as one message. */
const gatherMs = 500;

/** Measurements of all hosts: each host sampled by itself, told together, the last 15 minutes kept. */
export class Monitoring implements HostFollower {
  readonly #clock: Clock;
  readonly #ends = new Map<HostId, () => void>();
  readonly #clusters = new Map<HostId, ClusterId>();
  readonly #listeners = new Set<(samples: Samples) => void>();
  readonly #store: (samples: Samples) => void;
  readonly #findVm: FindVm;
  #kept: readonly Samples[] = [];
  #waiting: HostSweep[] = [];
  #takeGather: (() => void) | undefined;

  constructor(input: {
    readonly clock: Clock;
    readonly store: (samples: Samples) => void;
    readonly findVm: FindVm;
  }) {
    this.#clock = input.clock;
    this.#store = input.store;
    this.#findVm = input.findVm;
  }

  /** Oldest first. */
  recent(): readonly Samples[] {
    return this.#kept;
  }

  subscribe(listener: (samples: Samples) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clusterKnown(): void {}

  clusterGone(): void {}

  changed(): void {}

  attach(definition: HostDefinition, driver: HostDriver): void {
    this.#clusters.set(definition.id, definition.clusterId);
    this.#ends.set(
      definition.id,
      sampleHost({
        hostId: definition.id,
        driver,
        clock: this.#clock,
        vcpus: (uuid) => this.#findVm(vmId(definition.clusterId, uuid))?.vcpus,
        told: (sweep) => {
          this.#waiting.push(sweep);
          this.#takeGather ??= this.#clock.after(gatherMs, () => this.#flush());
        },
      }),
    );
  }

  detach(id: HostId): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
    this.#clusters.delete(id);
  }

  close(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
    this.#takeGather?.();
    this.#listeners.clear();
  }

  #flush(): void {
    this.#takeGather = undefined;
    // A host may have been removed since its sweep.
    const sweeps = this.#waiting.filter((sweep) => this.#clusters.has(sweep.hostId));
    this.#waiting = [];
    if (sweeps.length === 0) return;
    const at = this.#clock.now();
    const samples = asColumns(sweeps, this.#clusters, this.#findVm, at);
    // What is said to be of later comes from before the clock was set back.
    const kept = this.#kept.filter(({ hosts }) => hosts.at > at - keptMs && hosts.at <= at);
    this.#kept = [...kept, samples];
    this.#store(samples);
    for (const listener of this.#listeners) listener(samples);
  }
}

/** Of a VM that two hosts measure (it is moving) only its home's word counts: one column, one number a VM. */
export function asColumns(
  sweeps: readonly HostSweep[],
  clusters: ReadonlyMap<HostId, ClusterId>,
  findVm: FindVm,
  at: number,
): Samples {
  const vms = sweeps.flatMap((sweep) => {
    const cluster = clusters.get(sweep.hostId);
    if (cluster === undefined) return [];
    return sweep.vms.flatMap((vm) => {
      const id = vmId(cluster, vm.uuid);
      const home = findVm(id)?.hostId ?? sweep.hostId;
      return home === sweep.hostId ? [{ ...vm, id }] : [];
    });
  });
  return {
    hosts: {
      at,
      hostIds: sweeps.map((sweep) => sweep.hostId),
      cpuShare: sweeps.map((sweep) => sweep.cpuShare),
      memoryUsedMiB: sweeps.map((sweep) => sweep.memoryUsedMiB),
      memoryTotalMiB: sweeps.map((sweep) => sweep.memoryTotalMiB),
    },
    vms: {
      at,
      vmIds: vms.map((vm) => vm.id),
      cpuShare: vms.map((vm) => vm.cpuShare),
      memoryUsedMiB: vms.map((vm) => vm.memoryUsedMiB),
      diskReadBytesPerSecond: vms.map((vm) => vm.diskReadBytesPerSecond),
      diskWriteBytesPerSecond: vms.map((vm) => vm.diskWriteBytesPerSecond),
      networkReceiveBytesPerSecond: vms.map((vm) => vm.networkReceiveBytesPerSecond),
      networkSendBytesPerSecond: vms.map((vm) => vm.networkSendBytesPerSecond),
    },
  };
}
