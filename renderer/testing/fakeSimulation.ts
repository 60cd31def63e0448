import { DroverError, type ErrorData } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import { type ClusterId, clusterId, hostId, vmId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import {
  builtInScenarios,
  type ClockJump,
  type ClockReading,
  type SimulatedHost,
  type Simulation,
  simulatedTime,
  type WorldFault,
  type WorldStatus,
} from '#shared/model/simulation.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fakeHost, fakeVms } from './fakeCluster.ts';
import type { FakeWorld } from './fakeWorld.ts';

const gigabit = 1e9;
const noRoute = {
  code: 'host-unreachable',
  message: 'Connect to server-b: no answer. Check that it is on.',
  next: 'Check that it is on.',
} as const;
const stopped = {
  code: 'world-stopped',
  message: 'Follow the simulation of Two servers: its process ended (killed). Start it again.',
  next: 'Start it again.',
} as const;

interface FakeStart {
  readonly scenario: string;
  readonly name?: string;
  readonly seed?: number;
  readonly text?: string;
  readonly file?: string;
}

function ownScenario(name: string, text = '') {
  return { name, title: /^title: (.*)$/m.exec(text)?.[1] ?? name, story: 'Of a file.' };
}

const nothingIsDue = new DroverError({
  code: 'refused-by-rule',
  tried: 'Jump to the next event',
  cause: 'nothing is due within 24 hours',
});

interface Simulated {
  readonly cluster: PhysicalCluster;
  readonly simulation: Simulation;
}

/** The verbs of simulated clusters over a scripted one: what they change is told as a backend would tell it. */
export class FakeSimulation {
  readonly #world: FakeWorld;
  #refusal: ErrorData | undefined;

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  /** The next order is refused for this reason. */
  refuseNext(refusal: ErrorData): void {
    this.#refusal = refusal;
  }

  #obey(): void {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) throw DroverError.fromData(refusal);
  }

  /** A built-in one, or out of a file whatever its title is. */
  add({ scenario: scenarioName, name, seed = 7, text, file }: FakeStart): PhysicalCluster {
    this.#obey();
    const world = this.#world;
    const own = text === undefined && file === undefined ? undefined : ownScenario(scenarioName, text);
    const scenario = own ?? builtInScenarios.find((each) => each.name === scenarioName);
    if (scenario === undefined) {
      throw new DroverError({
        code: 'scenario-unknown',
        tried: `Start the scenario ${scenarioName}`,
        cause: 'there is none of that name',
        next: `Choose one of: ${builtInScenarios.map((each) => each.name).join(', ')}`,
      });
    }
    const title = name ?? scenario.title;
    if ([...world.clusters.values()].some((cluster) => cluster.name === title)) {
      throw new DroverError({
        code: 'already-exists',
        tried: `Add the simulated cluster ${title}`,
        cause: 'there is a cluster of that name',
        next: 'Choose another name',
      });
    }
    const id = clusterId(`simulated-${world.clusters.size + 1}`);
    const hosts = ['server-a', 'server-b'].map((host) => ({
      ...fakeHost(hostId(`${id}-${host}`), host, `sim://${id}/${host}`, world.now),
      clusterId: id,
    }));
    const cluster: PhysicalCluster = {
      id,
      name: title,
      simulated: true,
      simulation: {
        scenario: scenario.name,
        title: scenario.title,
        story: scenario.story,
        seed,
        standing: 'running',
        readAt: world.now,
        status: {
          clock: { at: world.now, rate: 1, chosenRate: 1, paused: false },
          consoles: 1,
          hosts: hosts.map((host) => ({
            name: host.name,
            power: 'on',
            link: { cut: false, rateBitsPerSecond: gigabit, slowed: false },
            distanceMs: 0,
            hung: [],
          })),
        },
      },
    };
    world.put(
      { kind: 'cluster', value: cluster },
      ...hosts.map((value) => ({ kind: 'host' as const, value })),
      ...vmsOf(id, hosts).map((value) => ({ kind: 'vm' as const, value })),
    );
    world.sweep();
    return cluster;
  }

  remove(id: ClusterId): void {
    const world = this.#world;
    world.put(
      ...[...world.vms.values()]
        .filter((vm) => vm.clusterId === id)
        .map((vm) => ({ kind: 'vm-gone' as const, id: vm.id })),
      ...[...world.hosts.values()]
        .filter((host) => host.clusterId === id)
        .map((host) => ({ kind: 'host-gone' as const, id: host.id })),
      { kind: 'cluster-gone', id },
    );
  }

  setClock(id: ClusterId, change: { readonly rate?: number; readonly paused?: boolean }): void {
    const { simulation } = this.#simulated(id);
    const clock = simulation.status?.clock;
    if (clock === undefined) throw notSimulated(id);
    const chosenRate = change.rate ?? clock.chosenRate;
    const paused = change.paused ?? clock.paused;
    this.#tellClock(id, { at: this.now(id), chosenRate, paused, rate: paused ? 0 : chosenRate });
  }

  step(id: ClusterId, milliseconds: number): void {
    const clock = this.#simulated(id).simulation.status?.clock;
    if (clock === undefined) throw notSimulated(id);
    this.#tellClock(id, { ...clock, at: this.now(id) + milliseconds });
  }

  /** To the next event of its timeline, which is the last. */
  jump(id: ClusterId): ClockJump {
    const { status } = this.#simulated(id).simulation;
    const next = status?.nextEvent;
    if (status === undefined || next === undefined) throw nothingIsDue;
    this.#change(id, (simulation) => ({
      ...simulation,
      readAt: this.#world.now,
      status: { clock: { ...status.clock, at: next.at }, consoles: status.consoles, hosts: status.hosts },
    }));
    return { at: next.at, happenings: [], more: 0 };
  }

  plan(id: ClusterId, nextEvent: NonNullable<WorldStatus['nextEvent']>): void {
    this.#change(id, ({ status, ...rest }) => ({
      ...rest,
      ...(status && { status: { ...status, nextEvent } }),
    }));
  }

  /** A clock that goes slower than was chosen, as while a migration waits. */
  slowClock(id: ClusterId, rate: number): void {
    const clock = this.#simulated(id).simulation.status?.clock;
    if (clock !== undefined) this.#tellClock(id, { ...clock, at: this.now(id), rate });
  }

  now(id: ClusterId): number {
    return simulatedTime(this.#simulated(id).simulation, this.#world.now) ?? this.#world.now;
  }

  consoles(id: ClusterId, consoles: number): void {
    this.#change(id, ({ status, ...rest }) => ({
      ...rest,
      ...(status && { status: { ...status, consoles } }),
    }));
  }

  lose(id: ClusterId): void {
    this.#change(id, (simulation) => ({ ...simulation, standing: 'lost', error: stopped }));
    for (const host of this.#hostsOf(id)) this.#unreachable(host);
  }

  revive(id: ClusterId): void {
    const { scenario, title, seed, status } = this.#simulated(id).simulation;
    const readAt = this.#world.now;
    this.#change(id, () => ({
      scenario,
      title,
      seed,
      standing: 'running',
      readAt,
      ...(status && { status }),
    }));
    for (const host of this.#hostsOf(id)) this.#reachable(host);
  }

  fault(id: ClusterId, fault: WorldFault): void {
    this.#obey();
    // It has no switches.
    if ('switch' in fault) throw notSimulated(id);
    const host = this.#hostsOf(id).find((each) => each.name === fault.host);
    if (host === undefined) throw notSimulated(id);
    switch (fault.kind) {
      case 'power-off':
        this.#changeHost(id, host.name, (each) => ({ ...each, power: 'off', hung: [] }));
        this.#unreachable(host);
        break;
      case 'power-on':
        this.#changeHost(id, host.name, (each) => ({ ...each, power: 'on' }));
        this.#reachable(host);
        break;
      case 'cut-link':
        this.#changeHost(id, host.name, (each) => ({ ...each, link: { ...each.link, cut: true } }));
        this.#unreachable(host);
        break;
      case 'slow-link': {
        const { rateBitsPerSecond } = fault;
        const link = { cut: false, rateBitsPerSecond, slowed: rateBitsPerSecond < gigabit };
        this.#changeHost(id, host.name, (each) => ({ ...each, link }));
        break;
      }
      case 'mend-link': {
        const link = { cut: false, rateBitsPerSecond: gigabit, slowed: false };
        this.#changeHost(id, host.name, (each) => ({ ...each, link }));
        this.#reachable(host);
        break;
      }
      case 'distance':
        this.#changeHost(id, host.name, (each) => ({ ...each, distanceMs: fault.oneWayMs }));
        break;
      case 'hang-vm':
        this.#changeHost(id, host.name, (each) => ({ ...each, hung: [...each.hung, fault.uuid] }));
        break;
      case 'unhang-vm':
        this.#changeHost(id, host.name, (each) => ({
          ...each,
          hung: each.hung.filter((uuid) => uuid !== fault.uuid),
        }));
        break;
      case 'crash-vm':
        this.#world.put({
          kind: 'vm',
          value: { ...this.#world.vm(vmId(id, fault.uuid)), state: 'inactive', reason: 'crashed' },
        });
        break;
      case 'drop-connections':
      case 'restart-libvirt':
        break;
      default:
        fault satisfies never;
    }
  }

  #hostsOf(id: ClusterId): readonly Host[] {
    return [...this.#world.hosts.values()].filter((host) => host.clusterId === id);
  }

  #simulated(id: ClusterId): Simulated {
    const cluster = this.#world.clusters.get(id);
    if (cluster?.simulation === undefined) throw notSimulated(id);
    return { cluster, simulation: cluster.simulation };
  }

  #change(id: ClusterId, change: (simulation: Simulation) => Simulation): void {
    const { cluster, simulation } = this.#simulated(id);
    this.#world.put({ kind: 'cluster', value: { ...cluster, simulation: change(simulation) } });
  }

  #tellClock(id: ClusterId, clock: ClockReading): void {
    this.#change(id, ({ status, ...rest }) => ({
      ...rest,
      readAt: this.#world.now,
      ...(status && { status: { ...status, clock } }),
    }));
  }

  #changeHost(id: ClusterId, name: string, change: (host: SimulatedHost) => SimulatedHost): void {
    this.#change(id, ({ status, ...rest }) => ({
      ...rest,
      ...(status && {
        status: { ...status, hosts: status.hosts.map((each) => (each.name === name ? change(each) : each)) },
      }),
    }));
  }

  #unreachable(host: Host): void {
    const at = this.#world.now;
    this.#tellHost(host, { state: 'unreachable', since: at, retryAt: at + 5000, error: noRoute });
  }

  #reachable(host: Host): void {
    this.#tellHost(host, { state: 'connected', since: this.#world.now });
  }

  #tellHost(host: Host, connection: Host['connection']): void {
    const current = connection.state === 'connected';
    this.#world.put(
      { kind: 'host', value: { ...host, connection } },
      ...[...this.#world.vms.values()]
        .filter((vm) => vm.hostId === host.id)
        .map((vm) => ({ kind: 'vm' as const, value: { ...vm, current } })),
    );
  }
}

function vmsOf(id: ClusterId, hosts: readonly Host[]): readonly Vm[] {
  return fakeVms.map((vm, index) => {
    const host = hosts[index % hosts.length];
    return { ...vm, id: vmId(id, vm.uuid), clusterId: id, hostId: host?.id ?? vm.hostId };
  });
}

function notSimulated(id: ClusterId): DroverError {
  return new DroverError({
    code: 'refused-by-rule',
    tried: 'Change the simulation',
    cause: `${id} is not a simulated cluster`,
  });
}
