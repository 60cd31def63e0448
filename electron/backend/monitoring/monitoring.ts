import { type ClusterId, type HostId, vmId } from '#shared/model/ids.ts';
import type { Samples } from '#shared/model/samples.ts';
import { type Clock, rateOf } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { HostDefinition, HostFollower } from '../hosts/registry.ts';
import { asColumns, ClusterSums, type FindVm } from './columns.ts';
import { cheapEveryMs, type HostSweep, sampleHost, sweepEveryMs } from './sampleHost.ts';
import { thinned } from './thinned.ts';

/** By each cluster's clock; of one that runs fast as many messages as this is at x1. */
export const keptMs = 15 * 60_000;
const keptMessages = keptMs / cheapEveryMs;
/** `everyMs`: how far sweeps are apart just now, by the cluster's clock. */
type StoreSamples = (samples: Samples, cluster: ClusterId, everyMs: number) => void;

interface Cluster {
  readonly id: ClusterId;
  readonly clock: Clock;
  readonly sums: ClusterSums;
  kept: readonly Samples[];
  waiting: Map<HostId, HostSweep>;
  takeGather: (() => void) | undefined;
}

/** Measurements of all hosts: each host sampled by itself, told cluster by cluster, the last while kept. */
export class Monitoring implements HostFollower {
  readonly #wall: Clock;
  readonly #ends = new Map<HostId, () => void>();
  readonly #clusterOf = new Map<HostId, ClusterId>();
  readonly #clusters = new Map<ClusterId, Cluster>();
  readonly #listeners = new Set<(samples: Samples) => void>();
  readonly #store: StoreSamples;
  readonly #findVm: FindVm;
  readonly #cpusOf: (id: HostId) => number | undefined;

  constructor(input: {
    /** How often is by it; when something was measured is by each cluster's own. */
    readonly clock: Clock;
    readonly store: StoreSamples;
    readonly findVm: FindVm;
    /** undefined until the host has said it. */
    readonly cpusOf: (id: HostId) => number | undefined;
  }) {
    this.#wall = input.clock;
    this.#store = input.store;
    this.#findVm = input.findVm;
    this.#cpusOf = input.cpusOf;
  }

  /** Of each cluster oldest first. */
  recent(): readonly Samples[] {
    return [...this.#clusters.values()].flatMap(({ kept }) => kept);
  }

  /** By the cluster's own clock; undefined where it never had a host. */
  now(cluster: ClusterId): number | undefined {
    return this.#clusters.get(cluster)?.clock.now();
  }

  subscribe(listener: (samples: Samples) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clusterKnown(): void {}

  clusterGone(id: ClusterId): void {
    this.#clusters.get(id)?.takeGather?.();
    this.#clusters.delete(id);
  }

  changed(): void {}

  attach({ id, clusterId }: HostDefinition, driver: HostDriver): void {
    const cluster = this.#cluster(clusterId, driver.clock);
    this.#clusterOf.set(id, clusterId);
    this.#ends.set(
      id,
      sampleHost({
        hostId: id,
        driver,
        wall: this.#wall,
        vcpus: (uuid) => this.#findVm(vmId(clusterId, uuid))?.vcpus,
        told: (sweep) => {
          // A machine that stalled is late with the message before; no host is in one twice.
          if (cluster.waiting.has(id)) this.#flush(cluster);
          cluster.waiting.set(id, sweep);
          // Hosts that are swept in the same turn are told together.
          cluster.takeGather ??= this.#wall.after(sweepEveryMs(rateOf(cluster.clock)) / 4, () =>
            this.#flush(cluster),
          );
        },
      }),
    );
  }

  detach(id: HostId): void {
    this.#ends.get(id)?.();
    this.#ends.delete(id);
    this.#clusterOf.delete(id);
  }

  close(): void {
    for (const end of this.#ends.values()) end();
    this.#ends.clear();
    for (const cluster of this.#clusters.values()) cluster.takeGather?.();
    this.#listeners.clear();
  }

  #cluster(id: ClusterId, clock: Clock): Cluster {
    const known = this.#clusters.get(id);
    if (known !== undefined) return known;
    const sums = new ClusterSums(id);
    const made = { id, clock, sums, kept: [], waiting: new Map<HostId, HostSweep>(), takeGather: undefined };
    this.#clusters.set(id, made);
    return made;
  }

  #flush(cluster: Cluster): void {
    cluster.takeGather?.();
    cluster.takeGather = undefined;
    // A host may have been removed since its sweep.
    const sweeps = [...cluster.waiting.values()].filter((sweep) => this.#clusterOf.has(sweep.hostId));
    cluster.waiting = new Map();
    if (sweeps.length === 0) return;
    const at = sweeps.reduce((latest, sweep) => Math.max(latest, sweep.at), Number.NEGATIVE_INFINITY);
    const rate = rateOf(cluster.clock);
    const everyMs = sweepEveryMs(rate) * (rate || 1);
    const columns = asColumns(sweeps, cluster.id, this.#findVm, at);
    const samples = { ...columns, clusters: cluster.sums.add(columns.hosts, this.#cpusOf, everyMs) };
    // What is said to be of later comes from before the clock was set back.
    const before = cluster.kept.filter(({ hosts }) => hosts.at < at);
    const oldest = before.length - keptMessages + 1;
    const kept = before.filter(({ hosts }, index) => hosts.at > at - keptMs || index >= oldest);
    cluster.kept = thinned([...kept, samples]);
    this.#store(samples, cluster.id, everyMs);
    for (const listener of this.#listeners) listener(samples);
  }
}
