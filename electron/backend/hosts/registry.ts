import { DroverError } from '#shared/contract/errors.ts';
import type { HostCapacity } from '#shared/model/host.ts';
import { type ClusterId, clusterId, type HostId, hostId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { HostCredentials, HostDriver, OpenHostDriver } from '../drivers/drivers.ts';

/** What is kept of a host between starts. Never a secret. */
export interface HostDefinition {
  readonly id: HostId;
  readonly clusterId: ClusterId;
  readonly name: string;
  readonly address: string;
  readonly keyFile?: string;
  /** libvirt's own UUID of the host: two definitions with one UUID would be one host twice. */
  readonly hostUuid?: string;
  readonly declaredDead: boolean;
}

/** What is kept of a physical cluster between starts. */
export interface ClusterDefinition {
  readonly id: ClusterId;
  readonly name: string;
  /** Of a simulated one. */
  readonly world?: WorldRecord;
}

/** What is kept of a simulated cluster's world. */
export interface WorldRecord {
  /** The middle part of its hosts' addresses: sim://KEY/host. */
  readonly key: string;
  readonly folder: string;
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  /** This console made it and ends it; otherwise it has joined another's. */
  readonly made: boolean;
}

/** Where definitions are kept: journal.db. */
export interface HostStore {
  clusters(): readonly ClusterDefinition[];
  hosts(): readonly HostDefinition[];
  /** All of them or none; hosts that are there already are replaced. */
  saveCluster(cluster: ClusterDefinition, hosts: readonly HostDefinition[]): void;
  saveHost(host: HostDefinition): void;
  removeHost(id: HostId): void;
  /** With all its hosts, or not at all. */
  removeCluster(id: ClusterId): void;
}

/** Who wants to know of hosts that come and go: inventory and monitoring. */
export interface HostFollower {
  clusterKnown(cluster: PhysicalCluster): void;
  clusterGone(id: ClusterId): void;
  attach(definition: HostDefinition, driver: HostDriver): void;
  changed(definition: HostDefinition): void;
  detach(id: HostId): void;
}

export interface AddHostRequest {
  readonly address: string;
  readonly clusterName: string;
  readonly name?: string;
  readonly credentials: HostCredentials;
}

interface Known {
  definition: HostDefinition;
  readonly driver: HostDriver;
  readonly end: () => void;
}

const firstConnectionMs = 60_000;

/** The hosts that Drover was told of, each with its driver. */
export class HostRegistry {
  readonly #known = new Map<HostId, Known>();
  readonly #store: HostStore;
  readonly #open: OpenHostDriver;
  readonly #followers: readonly HostFollower[];
  readonly #newId: (kind: 'host' | 'cluster') => string;

  constructor(input: {
    readonly store: HostStore;
    readonly open: OpenHostDriver;
    readonly followers: readonly HostFollower[];
    readonly newId: (kind: 'host' | 'cluster') => string;
  }) {
    this.#store = input.store;
    this.#open = input.open;
    this.#followers = input.followers;
    this.#newId = input.newId;
  }

  /** Opens every kept host; none is waited for. */
  start(): void {
    for (const cluster of this.#store.clusters()) this.#tellCluster(cluster);
    for (const definition of this.#store.hosts()) this.#attach(definition, this.#openKept(definition));
  }

  /**
   * Connects first and keeps the host only if that worked: what failed leaves nothing behind, and says what is
   * wanted (a key to trust, a password). Throws `already-exists` for a host that is known under another address.
   */
  async add(request: AddHostRequest): Promise<HostDefinition> {
    const tried = `Add host ${request.address}`;
    this.#refuseSimulated(tried, request);
    this.#refuseKnown(tried, (known) => known.definition.address === request.address, 'that address');
    const driver = this.#open({
      name: request.name ?? request.address,
      address: request.address,
      credentials: request.credentials,
    });
    try {
      await driver.connected({ deadlineMs: firstConnectionMs });
      const capacity = await driver.telemetry.capacity();
      this.#refuseKnown(
        tried,
        (known) => known.definition.hostUuid === capacity.hostUuid,
        `the same libvirt UUID ${capacity.hostUuid}`,
      );
      const cluster = this.#cluster(request.clusterName);
      const name = this.#freeName(tried, cluster, request, capacity);
      const definition: HostDefinition = {
        id: hostId(this.#newId('host')),
        clusterId: cluster.id,
        name,
        address: request.address,
        ...(request.credentials.keyFile === undefined ? {} : { keyFile: request.credentials.keyFile }),
        hostUuid: capacity.hostUuid,
        declaredDead: false,
      };
      this.#store.saveCluster(cluster, [definition]);
      this.#tellCluster(cluster);
      this.#attach(definition, driver);
      return definition;
    } catch (thrown) {
      await driver.close();
      throw thrown;
    }
  }

  /** A whole cluster with its hosts, none of which is waited for; all are kept, or none. */
  addCluster(
    { name, world }: Omit<ClusterDefinition, 'id'>,
    hosts: readonly { readonly name: string; readonly address: string; readonly hostUuid: string }[],
  ): ClusterDefinition {
    const cluster: ClusterDefinition = {
      id: clusterId(this.#newId('cluster')),
      name,
      ...(world === undefined ? {} : { world }),
    };
    const definitions = hosts.map(
      (host): HostDefinition => ({
        ...host,
        id: hostId(this.#newId('host')),
        clusterId: cluster.id,
        declaredDead: false,
      }),
    );
    this.#store.saveCluster(cluster, definitions);
    this.#tellCluster(cluster);
    for (const definition of definitions) this.#attach(definition, this.#openKept(definition));
    return cluster;
  }

  /** Forgets a host. Its VMs are not touched. The cluster goes with its last host. */
  async remove(id: HostId): Promise<void> {
    const known = this.#require(id, 'Remove a host');
    const { clusterId: cluster, name } = known.definition;
    const simulated = this.clusters().find((each) => each.id === cluster && each.world !== undefined);
    if (simulated !== undefined) {
      throw new DroverError({
        code: 'refused-by-rule',
        tried: `Remove ${name}`,
        cause: `it is part of the simulated cluster ${simulated.name}, which comes and goes whole`,
        next: `Remove the cluster: "drover cluster remove '${simulated.name}'"`,
      });
    }
    this.#store.removeHost(id);
    const forgotten = this.#detach(known);
    if (![...this.#known.values()].some((other) => other.definition.clusterId === cluster)) {
      this.#store.removeCluster(cluster);
      for (const follower of this.#followers) follower.clusterGone(cluster);
    }
    await forgotten;
  }

  /** Forgets a cluster with all its hosts. */
  async removeCluster(id: ClusterId): Promise<void> {
    this.#store.removeCluster(id);
    const all = [...this.#known.values()].filter(({ definition }) => definition.clusterId === id);
    const forgotten = all.map((known) => this.#detach(known));
    for (const follower of this.#followers) follower.clusterGone(id);
    await Promise.all(forgotten);
  }

  /** Resolves when connected; refuses with what is wanted, as `add` does. */
  async reconnect(id: HostId, credentials: HostCredentials): Promise<void> {
    const known = this.#require(id, 'Reconnect a host');
    known.driver.reconnect(credentials);
    await known.driver.connected({ deadlineMs: firstConnectionMs });
    const { keyFile } = credentials;
    if (keyFile !== undefined) this.#update(known, { ...known.definition, keyFile });
  }

  declareDead(id: HostId, dead: boolean): void {
    const known = this.#require(id, 'Declare a host dead');
    if (dead && known.driver.link().state === 'connected') {
      throw new DroverError({
        code: 'refused-by-rule',
        tried: `Declare ${known.definition.name} dead`,
        cause: 'it answers, so it is alive',
        next: 'Switch it off first if it is to be taken for dead',
      });
    }
    this.#update(known, { ...known.definition, declaredDead: dead });
  }

  definition(id: HostId): HostDefinition {
    return this.#require(id, 'Find a host').definition;
  }

  clusters(): readonly ClusterDefinition[] {
    return this.#store.clusters();
  }

  definitions(): readonly HostDefinition[] {
    return [...this.#known.values()].map((known) => known.definition);
  }

  /** undefined for a host that was removed meanwhile. */
  driver(id: HostId): HostDriver | undefined {
    return this.#known.get(id)?.driver;
  }

  async close(): Promise<void> {
    const all = [...this.#known.values()];
    this.#known.clear();
    for (const known of all) known.end();
    await Promise.all(all.map((known) => known.driver.close()));
  }

  #openKept({ name, address, keyFile }: HostDefinition): HostDriver {
    return this.#open({ name, address, credentials: keyFile === undefined ? {} : { keyFile } });
  }

  #tellCluster({ id, name, world }: ClusterDefinition): void {
    const cluster = { id, name, simulated: world !== undefined };
    for (const follower of this.#followers) follower.clusterKnown(cluster);
  }

  /** At once for everybody who follows; resolves when its driver is closed. */
  async #detach({ definition, driver, end }: Known): Promise<void> {
    this.#known.delete(definition.id);
    end();
    for (const follower of this.#followers) follower.detach(definition.id);
    // A ~/.ssh/config that cannot be read any more keeps nobody from removing a host.
    await driver.forgetSecrets().catch(() => undefined);
    await driver.close();
  }

  #attach(definition: HostDefinition, driver: HostDriver): void {
    const known: Known = {
      definition,
      driver,
      // "It is dead" was said of a host that did not answer; once it does, the word is taken back.
      end: driver.subscribeLink((link) => {
        if (link.state === 'connected' && known.definition.declaredDead) {
          this.#update(known, { ...known.definition, declaredDead: false });
        }
      }),
    };
    this.#known.set(definition.id, known);
    for (const follower of this.#followers) follower.attach(definition, driver);
  }

  #update(known: Known, definition: HostDefinition): void {
    known.definition = definition;
    this.#store.saveHost(definition);
    for (const follower of this.#followers) follower.changed(definition);
  }

  #cluster(name: string): ClusterDefinition {
    const found = this.#store.clusters().find((cluster) => cluster.name === name);
    return found ?? { id: clusterId(this.#newId('cluster')), name };
  }

  #refuseSimulated(tried: string, { address, clusterName }: AddHostRequest): void {
    if (/^sim:/i.test(address)) {
      throw new DroverError({
        code: 'refused-by-rule',
        tried,
        cause: 'hosts of a simulated cluster are not added one by one',
        next: 'Add the whole cluster: "drover cluster add sim:two-servers"',
      });
    }
    if (this.#store.clusters().some(({ name, world }) => name === clusterName && world !== undefined)) {
      throw new DroverError({
        code: 'refused-by-rule',
        tried,
        cause: `${clusterName} is a simulated cluster, and a real host cannot migrate VMs to simulated ones`,
        next: 'Choose another cluster',
      });
    }
  }

  /** The name asked for, or the host's own; a number is put behind the latter where it is taken. */
  #freeName(
    tried: string,
    cluster: ClusterDefinition,
    request: AddHostRequest,
    capacity: HostCapacity,
  ): string {
    const taken = this.definitions()
      .filter((definition) => definition.clusterId === cluster.id)
      .map((definition) => definition.name);
    if (request.name !== undefined) {
      if (!taken.includes(request.name)) return request.name;
      throw new DroverError({
        code: 'already-exists',
        tried,
        cause: `${cluster.name} has a host called ${request.name} already`,
        next: 'Choose another name',
      });
    }
    const own = capacity.hostname.split('.')[0] ?? capacity.hostname;
    for (let number = 2, name = own; ; number += 1, name = `${own}-${number}`) {
      if (!taken.includes(name)) return name;
    }
  }

  #refuseKnown(tried: string, same: (known: Known) => boolean, what: string): void {
    const found = [...this.#known.values()].find(same);
    if (found === undefined) return;
    throw new DroverError({
      code: 'already-exists',
      tried,
      cause: `${found.definition.name} has ${what}, so it is here already`,
      next: `Remove ${found.definition.name} first if it is to be added anew`,
    });
  }

  #require(id: HostId, tried: string): Known {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    throw new DroverError({
      code: 'not-found',
      tried,
      cause: `no host has the id ${id}; it may have been removed meanwhile`,
      next: 'Look at the list of hosts',
    });
  }
}
