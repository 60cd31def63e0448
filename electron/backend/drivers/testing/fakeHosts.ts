import type { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { MigrationJob } from '#shared/model/migrationJob.ts';
import { type Clock, wallClock } from '../../clock/clock.ts';
import { consoleBusy, notRunning } from '../consoles.ts';
import type {
  DomainCounters,
  DomainDescription,
  DomainEvent,
  HostCounters,
  HostDriver,
  LinkState,
  OpenHostDriver,
} from '../drivers.ts';
import { duplexPair } from '../libvirt/rpc/testing/duplexPair.ts';
import type { MigrationEvent } from '../migration.ts';
import { parseDomainXml } from '../xml/domainXml.ts';
import { writeDomainXml } from '../xml/writeDomainXml.ts';

/** Hosts in memory that keep the promises of the driver interfaces, for tests of what stands on them. */
export class FakeHosts {
  readonly hosts = new Map<string, FakeHost>();
  /** Connections, subscriptions and the like that are open just now: nothing may be left. */
  open = 0;
  /** Milliseconds that the transfer of memory takes. */
  transferMs = 5;
  /** The cluster's. */
  clock: Clock = wallClock;

  host(address: string): FakeHost {
    const known = this.hosts.get(address);
    if (known !== undefined) return known;
    const made = new FakeHost(this, address);
    this.hosts.set(address, made);
    return made;
  }

  readonly openDriver: OpenHostDriver = (endpoint) => this.host(endpoint.address).driver();
}

export function fakeDomain(
  uuid: string,
  name: string,
  change: Partial<DomainDescription> = {},
): DomainDescription {
  return {
    uuid,
    name,
    state: 'active',
    reason: 'booted',
    vcpus: 1,
    memoryMiB: 64,
    maxMemoryMiB: 64,
    persistent: true,
    autostart: false,
    hasSnapshots: false,
    disks: [],
    nics: [],
    graphics: [],
    machine: 'pc',
    domainType: 'kvm',
    ...change,
  };
}

export type FakeQuestion = 'list' | 'describe' | 'host' | 'cheap' | 'full';

export class FakeHost {
  readonly #cloud: FakeHosts;
  readonly address: string;
  readonly domains = new Map<string, DomainDescription>();
  readonly #events = new Set<(event: DomainEvent) => void>();
  readonly #links = new Set<(state: LinkState) => void>();
  #link: LinkState = { state: 'connected' };
  /** Comes before each answer: a test makes it late, or refuses it by throwing. */
  beforeAnswer: (question: FakeQuestion) => Promise<void> | void = () => undefined;
  uuid: string;
  hostname: string;
  /** Its guests ignore their power button. */
  deaf = false;
  /** What the next sweeps measure. */
  hostCounters: HostCounters = { cpuBusyNs: 1, cpuTotalNs: 4, memoryUsedMiB: 1024, memoryTotalMiB: 8192 };
  /** The guest's end of what was last opened, by UUID. */
  readonly consoles = new Map<string, Duplex>();
  readonly #serials = new Map<string, Duplex>();
  readonly domainCounters = new Map<string, Omit<DomainCounters, 'uuid' | 'state'>>();

  constructor(cloud: FakeHosts, address: string) {
    this.#cloud = cloud;
    this.address = address;
    this.uuid = `uuid-of-${address}`;
    this.hostname = new URL(address).hostname;
  }

  put(domain: DomainDescription): void {
    this.domains.set(domain.uuid, domain);
    this.#tell({ kind: 'changed', uuid: domain.uuid, name: domain.name });
  }

  drop(uuid: string): void {
    const domain = this.domains.get(uuid);
    this.domains.delete(uuid);
    if (domain !== undefined) this.#tell({ kind: 'gone', uuid, name: domain.name });
  }

  setLink(link: LinkState): void {
    this.#link = link;
    for (const listener of this.#links) listener(link);
  }

  driver(): HostDriver {
    const alive = () => this.#alive();
    const change = (uuid: string, to: Partial<DomainDescription>) => {
      const domain = this.domains.get(uuid);
      if (domain !== undefined) this.put({ ...domain, ...to });
    };
    return {
      link: () => this.#link,
      subscribeLink: (listener) => this.#hold(this.#links, listener),
      connected: async () => alive(),
      reconnect: () => this.setLink({ state: 'connected' }),
      forgetSecrets: async () => undefined,
      close: async () => undefined,
      addresses: async () => [this.address],
      domains: {
        list: async () => {
          await this.beforeAnswer('list');
          alive();
          return [...this.domains.values()];
        },
        describe: async (uuid) => {
          await this.beforeAnswer('describe');
          alive();
          return this.domains.get(uuid);
        },
        state: async (uuid) => {
          alive();
          return this.domains.get(uuid);
        },
        subscribe: (listener) => this.#hold(this.#events, listener),
        start: async (uuid) => change(uuid, { state: 'active', reason: 'booted' }),
        pause: async (uuid) => change(uuid, { state: 'paused', reason: 'user' }),
        resume: async (uuid) => change(uuid, { state: 'active', reason: 'unpaused' }),
        save: async (uuid) => change(uuid, { state: 'suspended', reason: 'saving' }),
        discardSaved: async (uuid) => change(uuid, { state: 'inactive', reason: 'saving' }),
        requestShutdown: async (uuid) => {
          if (!this.deaf) change(uuid, { state: 'inactive', reason: 'shutdown' });
        },
        requestReboot: async (uuid) => {
          const name = this.domains.get(uuid)?.name ?? '';
          if (!this.deaf) this.#tell({ kind: 'changed', uuid, name, rebooted: true });
        },
        reset: async () => undefined,
        destroy: async (uuid) => change(uuid, { state: 'inactive', reason: 'destroyed' }),
        define: async (xml) => {
          const { uuid, name } = parseDomainXml(xml);
          this.put(fakeDomain(uuid, name, { state: 'inactive', reason: 'unspecified' }));
          return { uuid, name };
        },
        undefine: async (uuid) => this.drop(uuid),
        rename: async (uuid, name) => change(uuid, { name }),
        setAutostart: async (uuid, autostart) => change(uuid, { autostart }),
        xml: async (uuid) => {
          alive();
          const domain = this.domains.get(uuid);
          return domain === undefined
            ? `<domain><uuid>${uuid}</uuid></domain>`
            : writeDomainXml({ ...domain, cpuXml: '<cpu/>' }, 'current');
        },
        interfaces: async (uuid) => {
          alive();
          const nics = this.domains.get(uuid)?.nics ?? [];
          return nics.map(({ mac }) => ({ mac, link: 'up', addresses: [] }));
        },
        diskSize: async () => ({ virtualBytes: 1024, allocatedBytes: 512 }),
      },
      telemetry: {
        capacity: async () => {
          alive();
          return {
            cpus: 4,
            cpuModel: 'fake',
            cpuMhz: 2000,
            memoryMiB: 8192,
            memoryFreeMiB: 4096,
            libvirtVersion: '9.0.0',
            hypervisorVersion: '7.2.0',
            hostname: this.hostname,
            hostUuid: this.uuid,
            kvm: true,
          };
        },
        host: async (_depth) => {
          await this.beforeAnswer('host');
          alive();
          return this.hostCounters;
        },
        domains: async (depth) => {
          await this.beforeAnswer(depth);
          alive();
          return [...this.domains.values()]
            .filter(({ state }) => state === 'active' || state === 'paused')
            .map(({ uuid, state }) => ({
              uuid,
              state,
              ...(this.domainCounters.get(uuid) ?? { cpuTimeNs: 1, vcpus: 1 }),
            }));
        },
      },
      clock: this.#cloud.clock,
      consoles: {
        open: async (uuid, kind, options) => {
          alive();
          const domain = this.domains.get(uuid);
          const asked = { vm: domain?.name ?? uuid, host: this.address, kind };
          if (domain?.state !== 'active' && domain?.state !== 'paused') throw notRunning(asked);
          if (kind === 'serial') {
            const other = this.#serials.get(uuid);
            if (other?.destroyed === false && options?.takeOver !== true) {
              throw consoleBusy(asked, undefined);
            }
            other?.destroy();
          }
          const [near, far] = duplexPair();
          this.#cloud.open += 1;
          near.once('close', () => {
            this.#cloud.open -= 1;
          });
          this.consoles.set(uuid, far);
          if (kind === 'serial') this.#serials.set(uuid, near);
          return near;
        },
      },
      inspection: {
        inspect: async () => fakeInspection(this.address),
        resolves: async () => true,
        offersCpu: async () => ({ compatible: true }),
      },
      storage: {
        writeMarker: async () => undefined,
        hasMarker: async () => false,
        removeMarker: async () => undefined,
        inspect: async () => undefined,
        freeBytes: async () => undefined,
        createImage: async () => undefined,
        keepImage: async () => undefined,
        removeImage: async () => undefined,
        fingerprint: async () => undefined,
        openStamps: async () => ({ read: async () => [], close: async () => undefined }),
      },
      migration: {
        openSource: async (uuid) => this.#source(uuid),
        openDestination: async () => this.#destination(),
        job: async () => undefined,
        abort: async () => undefined,
        startPostCopy: async () => undefined,
        pausePostCopy: async () => undefined,
        missingNetworks: async () => [],
        canReach: async () => ({ reachable: true, how: 'closed' }),
        cpuCompatible: async () => ({ compatible: true }),
        hostCpuXml: async () => '<cpu/>',
        migratableXml: async () => '<domain/>',
        portRange: async () => ({ first: 49_152, last: 49_215 }),
      },
    };
  }

  #source(uuid: string) {
    const events = new Set<(event: MigrationEvent) => void>();
    const session = this.#session();
    return {
      begin: async () => ({ cookie: Buffer.of(1), xml: JSON.stringify(this.domains.get(uuid)) }),
      perform: async () => {
        await new Promise((resolve) => setTimeout(resolve, this.#cloud.transferMs));
        const domain = this.domains.get(uuid);
        if (domain !== undefined) this.put({ ...domain, state: 'paused', reason: 'migration' });
        for (const event of events) event({ kind: 'stopped' });
        return { cookie: Buffer.of(2) };
      },
      confirm: async (_settings: unknown, _cookie: unknown, cancelled: boolean) => {
        if (!cancelled) this.drop(uuid);
      },
      setMaxDowntime: async () => undefined,
      subscribe: (listener: (event: MigrationEvent) => void) => this.#hold(events, listener),
      ...session,
    };
  }

  #destination() {
    const session = this.#session();
    let incoming: DomainDescription | undefined;
    return {
      prepare: async (_settings: unknown, { xml }: { readonly xml: string }) => {
        incoming = { ...fakeDomain('', ''), ...JSON.parse(xml), state: 'paused', reason: 'migration' };
        if (incoming !== undefined) this.put(incoming);
        return { cookie: Buffer.of(3), uri: 'tcp:fake:49152' };
      },
      finish: async (_settings: unknown, _handover: unknown, cancelled: boolean) => {
        this.#alive();
        if (incoming !== undefined) {
          if (cancelled) this.drop(incoming.uuid);
          else this.put({ ...incoming, state: 'active', reason: 'migrated' });
        }
        return { cookie: Buffer.of(4) };
      },
      answers: async () => undefined,
      completedJob: async () => finishedJob,
      ...session,
    };
  }

  /** Its end is told once, and whoever waited for that is let go. */
  #session() {
    const listeners = new Set<(reason: Error) => void>();
    this.#cloud.open += 1;
    return {
      onClose: (listener: (reason: Error) => void) => this.#hold(listeners, listener),
      close: async () => {
        this.#cloud.open -= 1 + listeners.size;
        const waiting = [...listeners];
        listeners.clear();
        for (const listener of waiting) listener(new Error('it was closed'));
      },
    };
  }

  #alive(): void {
    if (this.#link.state === 'connected') return;
    throw new DroverError({ code: 'host-unreachable', tried: `Ask ${this.address}`, cause: 'it is away' });
  }

  #tell(event: DomainEvent): void {
    for (const listener of this.#events) listener(event);
  }

  #hold<T>(listeners: Set<T>, listener: T): () => void {
    listeners.add(listener);
    this.#cloud.open += 1;
    return () => {
      if (listeners.delete(listener)) this.#cloud.open -= 1;
    };
  }
}

function fakeInspection(address: string): HostInspection {
  return {
    hostname: new URL(address).hostname,
    libvirtVersion: '9.0.0',
    hypervisorVersion: '7.2.0',
    kvm: 'usable',
    user: 'root',
    mayWrite: true,
    clockAheadMs: 0,
    clockUncertainMs: 1,
    memoryMiB: 8192,
    memoryFreeMiB: 4096,
    pools: [],
    networks: [],
    machineTypes: ['pc'],
    cpuXml: '<cpu/>',
    cpuModel: 'fake',
    cpuFlags: [],
    migrationTls: 'absent',
    migrationPorts: { first: 49_152, last: 49_215 },
  };
}

const finishedJob: MigrationJob = {
  state: 'completed',
  timeElapsedMs: 5,
  memoryTotalBytes: 64 * 1_048_576,
  memorySentBytes: 64 * 1_048_576,
  memoryRemainingBytes: 0,
  diskTotalBytes: 0,
  diskSentBytes: 0,
  diskRemainingBytes: 0,
  round: 2,
  downtimeMs: 1,
};
