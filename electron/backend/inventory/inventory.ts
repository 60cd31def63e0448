import type { ErrorData } from '#shared/contract/errors.ts';
import type { Host, HostCapacity, HostConnection } from '#shared/model/host.ts';
import { type ClusterId, type HostId, type VmId, vmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Clock } from '../clock/clock.ts';
import type { DomainDescription, HostDriver, LinkState } from '../drivers/drivers.ts';
import type { HostDefinition, HostFollower } from '../hosts/registry.ts';
import type { ClaimLedger, HeldClaim } from './claims.ts';
import { type HostWatch, type HostWatchListener, reconcileEveryMs, watchHost } from './hostWatch.ts';
import { LastKnownKeeper, type LastKnownStore } from './lastKnownKeeper.ts';
import { type Instance, settleVm } from './settleVm.ts';

/** An immutable snapshot from which a decision starts: what is, and what running tasks have been promised. */
export interface View {
  readonly clusters: readonly PhysicalCluster[];
  readonly hosts: readonly Host[];
  readonly vms: readonly Vm[];
  readonly claims: readonly HeldClaim[];
}

interface Entry {
  definition: HostDefinition;
  link: LinkState;
  linkSince: number;
  capacity: HostCapacity | undefined;
  lastSeenAt: number | undefined;
  /** False until the host has told all it has, and while what it last told may no longer be so. */
  current: boolean;
  /** Why it could not be asked although it is connected. */
  trouble: { readonly error: ErrorData; readonly retryAt: number } | undefined;
  readonly domains: Map<string, DomainDescription>;
  /** Set once the entry is known, since the first look tells of it at once. */
  watch: HostWatch | undefined;
}

/**
 * Hosts that come together are not looked at together for ever: a few each quarter of a second, the first of them
 * when all would be, the last half an interval sooner.
 */
const lookedAtTogether = 8;
const betweenLooksMs = 250;
const soonerMs = (hostsBefore: number): number =>
  (Math.floor(hostsBefore / lookedAtTogether) * betweenLooksMs) % (reconcileEveryMs / 2);

/** The one live model of all hosts and their VMs. Hosts are the truth; this follows them. */
export class Inventory implements HostFollower {
  readonly #entries = new Map<HostId, Entry>();
  readonly #clusters = new Map<ClusterId, PhysicalCluster>();
  readonly #vms = new Map<VmId, Vm>();
  /** Who says anything of a VM: there may be a thousand hosts, and most know nothing of it. */
  readonly #tellers = new Map<VmId, Set<Entry>>();
  readonly #listeners = new Set<(patches: readonly LivePatch[]) => void>();
  readonly #clock: Clock;
  readonly #claims: ClaimLedger;
  readonly #store: LastKnownStore;
  readonly #endClaims: () => void;
  readonly #keeper: LastKnownKeeper;

  constructor(input: {
    readonly clock: Clock;
    readonly claims: ClaimLedger;
    readonly store: LastKnownStore;
  }) {
    this.#clock = input.clock;
    this.#claims = input.claims;
    this.#store = input.store;
    this.#endClaims = input.claims.subscribe(() => this.#claimsChanged());
    this.#keeper = new LastKnownKeeper({ ...input, lastKnown: (id) => this.#lastKnown(id) });
  }

  view(): View {
    return {
      clusters: [...this.#clusters.values()],
      hosts: [...this.#entries.values()].map(hostOf),
      vms: [...this.#vms.values()],
      claims: this.#claims.all(),
    };
  }

  host(id: HostId): Host | undefined {
    const entry = this.#entries.get(id);
    return entry && hostOf(entry);
  }

  vm(id: VmId): Vm | undefined {
    return this.#vms.get(id);
  }

  /** Patches as they happen; the change feed of each client gathers them. */
  subscribe(listener: (patches: readonly LivePatch[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at one domain on some hosts now, so that whoever has just changed it sees it as it is. */
  async look(hosts: readonly HostId[], uuid: string): Promise<void> {
    await Promise.all(hosts.map(async (id) => await this.#entries.get(id)?.watch?.look(uuid)));
  }

  clusterKnown(cluster: PhysicalCluster): void {
    this.#clusters.set(cluster.id, cluster);
    this.#tell([{ kind: 'cluster', value: cluster }]);
  }

  clusterGone(id: ClusterId): void {
    if (this.#clusters.delete(id)) this.#tell([{ kind: 'cluster-gone', id }]);
  }

  attach(definition: HostDefinition, driver: HostDriver): void {
    const known = this.#store.lastKnown(definition.id);
    const entry: Entry = {
      definition,
      link: driver.link(),
      linkSince: this.#clock.now(),
      capacity: known?.capacity,
      lastSeenAt: known?.at,
      current: false,
      trouble: undefined,
      domains: new Map(),
      watch: undefined,
    };
    for (const vm of known?.vms ?? []) this.#hasTold(entry, descriptionOf(vm));
    const hostsBefore = this.#entries.size;
    this.#entries.set(definition.id, entry);
    this.#settle(definition.clusterId, [...entry.domains.keys()], [entry]);
    const listener: HostWatchListener = {
      link: (state) => this.#linkChanged(entry, state),
      all: (domains) => this.#reconciled(entry, domains),
      failed: (error, retryAt) => this.#failed(entry, error, retryAt),
      domain: (domain) => this.#domainSeen(entry, domain),
      gone: (uuid) => this.#domainGone(entry, uuid),
      askingCapacity: () => {
        const tellClaims = this.#claims.askingWhatIsFree(definition.id);
        return (capacity) => {
          tellClaims();
          entry.capacity = capacity;
          this.#settle(definition.clusterId, [], [entry]);
          this.#keeper.keep(entry.definition.id);
        };
      },
    };
    entry.watch = watchHost(driver, this.#clock, listener, soonerMs(hostsBefore));
  }

  changed(definition: HostDefinition): void {
    const entry = this.#entries.get(definition.id);
    if (entry === undefined) return;
    entry.definition = definition;
    this.#settle(definition.clusterId, [], [entry]);
  }

  detach(id: HostId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.watch?.end();
    this.#keeper.forget(id);
    this.#entries.delete(id);
    const uuids = [...entry.domains.keys()];
    for (const uuid of uuids) this.#tellsNoMore(entry, uuid);
    this.#tell([{ kind: 'host-gone', id }]);
    this.#settle(entry.definition.clusterId, uuids, []);
  }

  close(): void {
    for (const entry of this.#entries.values()) entry.watch?.end();
    this.#keeper.close();
    this.#endClaims();
    this.#listeners.clear();
  }

  #linkChanged(entry: Entry, link: LinkState): void {
    if (link.state !== entry.link.state) entry.linkSince = this.#clock.now();
    entry.link = link;
    entry.trouble = undefined;
    this.#settleAfterLoss(entry, link.state !== 'connected');
  }

  /** Connected and yet not answering is shown as what it is: what was known may no longer be so. */
  #failed(entry: Entry, error: ErrorData, retryAt: number): void {
    if (entry.trouble === undefined) entry.linkSince = this.#clock.now();
    entry.trouble = { error, retryAt };
    this.#settleAfterLoss(entry, true);
  }

  #settleAfterLoss(entry: Entry, isLost: boolean): void {
    const wasCurrent = entry.current;
    if (isLost) entry.current = false;
    const uuids = wasCurrent && isLost ? [...entry.domains.keys()] : [];
    this.#settle(entry.definition.clusterId, uuids, [entry]);
  }

  #reconciled(entry: Entry, domains: readonly DomainDescription[]): void {
    const gone = new Set(entry.domains.keys());
    for (const domain of domains) {
      gone.delete(domain.uuid);
      this.#hasTold(entry, domain);
    }
    for (const uuid of gone) this.#tellsNoMore(entry, uuid);
    if (entry.trouble !== undefined) entry.linkSince = this.#clock.now();
    entry.trouble = undefined;
    entry.current = true;
    entry.lastSeenAt = this.#clock.now();
    this.#settle(entry.definition.clusterId, [...gone, ...entry.domains.keys()], [entry]);
    this.#keeper.keep(entry.definition.id);
  }

  #domainSeen(entry: Entry, domain: DomainDescription): void {
    this.#hasTold(entry, domain);
    this.#settle(entry.definition.clusterId, [domain.uuid], []);
    this.#keeper.keep(entry.definition.id);
  }

  #domainGone(entry: Entry, uuid: string): void {
    this.#tellsNoMore(entry, uuid);
    this.#settle(entry.definition.clusterId, [uuid], []);
    this.#keeper.keep(entry.definition.id);
  }

  #claimsChanged(): void {
    const others = [...this.#vms.values()].filter((vm) => this.#claims.holderOf(vm.id) !== vm.heldBy);
    this.#tell(others.flatMap((vm) => this.#settleOne(vm.clusterId, vm.uuid)));
  }

  #hasTold(entry: Entry, domain: DomainDescription): void {
    entry.domains.set(domain.uuid, domain);
    const id = vmId(entry.definition.clusterId, domain.uuid);
    const tellers = this.#tellers.get(id);
    if (tellers === undefined) this.#tellers.set(id, new Set([entry]));
    else tellers.add(entry);
  }

  #tellsNoMore(entry: Entry, uuid: string): void {
    entry.domains.delete(uuid);
    const id = vmId(entry.definition.clusterId, uuid);
    const tellers = this.#tellers.get(id);
    tellers?.delete(entry);
    if (tellers?.size === 0) this.#tellers.delete(id);
  }

  #settle(cluster: ClusterId, uuids: readonly string[], hosts: readonly Entry[]): void {
    this.#tell([
      ...hosts.map((entry): LivePatch => ({ kind: 'host', value: hostOf(entry) })),
      ...uuids.flatMap((uuid) => this.#settleOne(cluster, uuid)),
    ]);
  }

  #settleOne(cluster: ClusterId, uuid: string): readonly LivePatch[] {
    const id = vmId(cluster, uuid);
    const instances = [...(this.#tellers.get(id) ?? [])].flatMap((entry): readonly Instance[] => {
      const domain = entry.domains.get(uuid);
      return domain === undefined ? [] : [{ hostId: entry.definition.id, domain, current: entry.current }];
    });
    const before = this.#vms.get(id);
    const vm = settleVm(cluster, instances, before?.hostId, this.#claims.holderOf(id));
    if (vm === undefined) {
      return this.#vms.delete(id) ? [{ kind: 'vm-gone', id }] : [];
    }
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(vm)) return [];
    this.#vms.set(id, vm);
    return [{ kind: 'vm', value: vm }];
  }

  #lastKnown(id: HostId) {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const vms = [...entry.domains.keys()].flatMap((uuid) => {
      const vm = this.#vms.get(vmId(entry.definition.clusterId, uuid));
      return vm?.hostId === id ? [vm] : [];
    });
    return {
      at: entry.lastSeenAt ?? this.#clock.now(),
      ...(entry.capacity === undefined ? {} : { capacity: entry.capacity }),
      vms,
    };
  }

  #tell(patches: readonly LivePatch[]): void {
    if (patches.length === 0) return;
    for (const listener of this.#listeners) listener(patches);
  }
}

function hostOf(entry: Entry): Host {
  const { id, clusterId, name, address, declaredDead } = entry.definition;
  return {
    id,
    clusterId,
    name,
    address,
    declaredDead,
    connection: connectionOf(entry),
    ...(entry.capacity === undefined ? {} : { capacity: entry.capacity }),
    ...(entry.lastSeenAt === undefined ? {} : { lastSeenAt: entry.lastSeenAt }),
  };
}

function connectionOf({ link, linkSince: since, trouble }: Entry): HostConnection {
  if (link.state === 'connected' && trouble !== undefined) return { state: 'unreachable', since, ...trouble };
  return { ...link, since };
}

/** Without what was settled then: who held it, where its copies were. */
function descriptionOf({
  id: _id,
  clusterId: _cluster,
  hostId: _host,
  copies: _copies,
  heldBy: _holder,
  current: _current,
  ...description
}: Vm): DomainDescription {
  return description;
}
