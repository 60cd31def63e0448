import { type ClusterId, type HostId, type VmId, vmId } from '#shared/model/ids.ts';
import {
  type ClusterMetric,
  type ClusterSamples,
  clusterMetrics,
  dearEverySweeps,
  type HostMetric,
  type HostSamples,
  hostMetrics,
  type Samples,
  seldomOfHost,
  vmMetrics,
} from '#shared/model/samples.ts';
import type { VmRates } from './rates.ts';
import type { HostSweep } from './sampleHost.ts';

/** What the inventory knows of a VM: several hosts may measure it while it moves, but it is at home on one. */
export type FindVm = (id: VmId) => { readonly hostId: HostId; readonly vcpus: number } | undefined;

type Row<Name extends string> = Readonly<Record<Name, number | null>>;

/** Of a VM that two hosts measure (it is moving) only its home's word counts: one column, one number a VM. */
export function asColumns(
  sweeps: readonly HostSweep[],
  cluster: ClusterId,
  findVm: FindVm,
  at: number,
): Pick<Samples, 'hosts' | 'vms'> {
  const vmIds: VmId[] = [];
  const vms: VmRates[] = [];
  for (const sweep of sweeps) {
    for (const vm of sweep.vms) {
      const id = vmId(cluster, vm.uuid);
      const home = findVm(id)?.hostId ?? sweep.hostId;
      if (home !== sweep.hostId) continue;
      vmIds.push(id);
      vms.push(vm);
    }
  }
  const hosts = sweeps.map(({ host, vms: running }) => ({
    ...host,
    memoryGivenMiB: sumOf(running.map(({ memoryGivenMiB }) => memoryGivenMiB)),
  }));
  return {
    hosts: { at, hostIds: sweeps.map(({ hostId }) => hostId), ...turned(hostMetrics, hosts) },
    vms: { at, vmIds, ...turned(vmMetrics, vms) },
  };
}

/** Nothing was measured. */
export function emptyColumns(at: number): Pick<Samples, 'hosts' | 'vms'> {
  return {
    hosts: { at, hostIds: [], ...turned(hostMetrics, []) },
    vms: { at, vmIds: [], ...turned(vmMetrics, []) },
  };
}

/** Of a host without a VM zero; where none of its VMs said it, nothing. */
function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return values.length > 0 && known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function turned<Name extends string>(
  names: readonly Name[],
  rows: readonly Row<Name>[],
): Readonly<Record<Name, readonly (number | null)[]>> {
  return recordOf(names, (name) => rows.map((row) => row[name]));
}

function recordOf<Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  const record: { [name in Name]?: Value } = {};
  for (const name of names) record[name] = valueOf(name);
  if (hasAll(record, names)) return record;
  throw new Error('a column was not filled in');
}

function hasAll<Name extends string, Value>(
  record: { readonly [name in Name]?: Value },
  names: readonly Name[],
): record is Readonly<Record<Name, Value>> {
  return names.every((name) => name in record);
}

const shares: ReadonlySet<ClusterMetric> = new Set<ClusterMetric>([
  'cpuShare',
  'cpuWaitShare',
  'cpuStealShare',
]);
/** A host that has said nothing for so many sweeps is not counted. */
const silentSweeps = 3.5;
/** Sweeps of hosts come when they come; a sum is told once most of a cadence has passed since the last. */
const sumEvery = 0.75;

interface Last {
  at: number;
  readonly values: Map<HostMetric, { readonly at: number; readonly value: number }>;
}

/** What all hosts of a cluster do together, though each is measured by itself. */
export class ClusterSums {
  readonly #cluster: ClusterId;
  readonly #hosts = new Map<HostId, Last>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(cluster: ClusterId) {
    this.#cluster = cluster;
  }

  /** One row, or none where it would come too soon after the last. `everyMs`: how far sweeps are apart just now. */
  add(samples: HostSamples, cpusOf: (id: HostId) => number | undefined, everyMs: number): ClusterSamples {
    const { at } = samples;
    for (const [index, id] of samples.hostIds.entries()) this.#keep(id, samples, index);
    // A clock that was set back begins anew.
    if (at >= this.#toldAt && at - this.#toldAt < everyMs * sumEvery)
      return { at, clusterIds: [], ...turned(clusterMetrics, []) };
    this.#toldAt = at;
    for (const [id, last] of this.#hosts)
      if (Math.abs(at - last.at) > everyMs * silentSweeps) this.#hosts.delete(id);
    const row: Row<ClusterMetric> = {
      ...recordOf(hostMetrics, (metric) => this.#sum(metric, cpusOf, at, everyMs)),
      hostsMeasured: this.#hosts.size,
    };
    return { at, clusterIds: [this.#cluster], ...turned(clusterMetrics, [row]) };
  }

  #keep(id: HostId, samples: HostSamples, index: number): void {
    const last = this.#hosts.get(id) ?? { at: samples.at, values: new Map() };
    last.at = samples.at;
    this.#hosts.set(id, last);
    for (const metric of hostMetrics) {
      const value = samples[metric][index] ?? null;
      if (value !== null) last.values.set(metric, { at: samples.at, value });
      else if (!seldomOfHost.has(metric)) last.values.delete(metric);
    }
  }

  #sum(
    metric: HostMetric,
    cpusOf: (id: HostId) => number | undefined,
    at: number,
    everyMs: number,
  ): number | null {
    let sum = 0;
    let weights = 0;
    for (const [id, { values }] of this.#hosts) {
      const last = values.get(metric);
      const oldest = everyMs * (silentSweeps + (seldomOfHost.has(metric) ? dearEverySweeps : 0));
      if (last === undefined || Math.abs(at - last.at) > oldest) continue;
      const weight = shares.has(metric) ? (cpusOf(id) ?? 1) : 1;
      sum += last.value * weight;
      weights += weight;
    }
    if (weights === 0) return null;
    return shares.has(metric) ? sum / weights : sum;
  }
}
