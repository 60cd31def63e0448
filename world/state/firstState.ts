import { worldProtocol } from '#shared/contract/worldContract.ts';
import { noCounters } from '../hosts/counters.ts';
import type { Scenario, ScenarioVm } from '../scenario/scenario.ts';
import { storeKey } from './scenarioIndex.ts';
import { hash32, seededMac, seededUuid } from './seeded.ts';
import type { DomainState, FileState, HostState, StoreState, WorldState } from './state.ts';

const gibibyte = 1024 ** 3;
/** Guests of a new world have run for a while: nobody has to wait for six boots. */
const upSinceMs = 3_600_000;
/** How full stores are is looked at when all of the world stands. */
const firstLookMs = 1000;

/** The scenario's first moment. `startedAt` is the time that its clocks show then. */
export function firstState(scenario: Scenario, seed: number, startedAt: number): WorldState {
  const state: WorldState = {
    version: worldProtocol,
    scenario: scenario.name,
    seed,
    startedAt,
    now: startedAt,
    clock: { rate: 1, paused: false },
    lastNumber: 0,
    hosts: Object.fromEntries(scenario.hosts.map((host) => [host.name, firstHost(host, startedAt)])),
    stores: firstStores(scenario, seed, startedAt),
    transfers: {},
    switches: Object.fromEntries(
      scenario.switches.flatMap(({ name, uplink }) =>
        uplink === undefined ? [] : [[name, { cut: false, bitsPerSecond: uplink.bitsPerSecond }]],
      ),
    ),
    moves: {},
    evacuations: {},
    happenings: [],
    workloads: {},
    surges: [],
    scheduled: scenario.timeline
      .slice(0, 1)
      .map(({ afterMs }) => ({ at: startedAt + afterMs, order: 0, event: { kind: 'timeline', entry: 0 } })),
  };
  state.scheduled = [
    ...state.scheduled,
    ...Object.keys(state.stores).map((store, index) => ({
      at: startedAt + firstLookMs,
      order: scenario.timeline.length + index,
      event: { kind: 'store' as const, store, look: 0 },
    })),
  ];
  const places = placesOf(scenario);
  for (const [index, vm] of scenario.vms.entries()) {
    const domain = firstDomain(places, vm, seed, startedAt, index + 1);
    state.workloads[domain.uuid] = vm.workload;
    const host = state.hosts[vm.host];
    if (host === undefined) throw new Error(`${vm.name} lies on ${vm.host}, which is not a host`);
    host.domains[domain.uuid] = domain;
  }
  state.lastNumber = scenario.vms.length;
  return state;
}

function firstHost(host: Scenario['hosts'][number], now: number): HostState {
  return {
    name: host.name,
    power: 'on',
    boot: 1,
    bootedAt: now,
    cut: false,
    linkBitsPerSecond: host.nicBitsPerSecond,
    distanceMs: 0,
    heardSince: now,
    resumesAt: now,
    libvirtRuns: true,
    libvirtStarts: 1,
    domains: {},
    countedTo: now,
    cpuBusyNs: 0,
    cpuTotalNs: 0,
    energyJoules: 0,
    traffic: { networkReceiveBytes: 0, networkSendBytes: 0, diskReadBytes: 0, diskWriteBytes: 0 },
  };
}

/** By name and by path. */
interface Places {
  readonly hosts: ReadonlyMap<string, Scenario['hosts'][number]>;
  readonly images: ReadonlyMap<string, Scenario['images'][number]>;
}

function placesOf({ hosts, images }: Scenario): Places {
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    images: new Map(images.map((image) => [image.path, image])),
  };
}

function firstStores(scenario: Scenario, seed: number, now: number): Record<string, StoreState> {
  const { images } = placesOf(scenario);
  const stores: Record<string, StoreState> = {};
  for (const pool of scenario.pools) {
    for (const host of pool.hosts) {
      stores[storeKey(pool, host)] ??= {
        capacityBytes: pool.capacityGiB * gibibyte,
        files: {},
        full: false,
        isCrowded: false,
        look: 0,
        markers: {},
      };
    }
  }
  for (const image of scenario.images) {
    const pool = scenario.pools.find(({ path }) => image.path.startsWith(`${path}/`));
    const holder = image.host ?? pool?.hosts[0];
    const store = pool === undefined || holder === undefined ? undefined : stores[storeKey(pool, holder)];
    if (store === undefined) throw new Error(`${image.path} lies in no pool`);
    const backing = image.backing === undefined ? undefined : images.get(image.backing);
    const file: FileState = {
      format: image.format,
      virtualBytes: image.virtualGiB * gibibyte,
      usedBytes: Math.round(image.usedGiB * gibibyte),
      contents: hash32(seed, 'contents', image.path),
      writtenAt: now,
      ...(backing === undefined ? {} : { backing: { path: backing.path, format: backing.format } }),
    };
    store.files[image.path] = file;
  }
  return stores;
}

function firstDomain(places: Places, vm: ScenarioVm, seed: number, now: number, run: number): DomainState {
  const network = places.hosts.get(vm.host)?.networks.find(({ name }) => name === vm.network);
  return {
    uuid: seededUuid(seed, vm.name),
    definition: {
      name: vm.name,
      vcpus: vm.vcpus,
      memoryMiB: vm.memoryMiB,
      maxMemoryMiB: vm.memoryMiB,
      disks: vm.disks.map((disk) => diskOf(places, disk)),
      nics: [
        {
          mac: seededMac(seed, vm.name),
          model: 'virtio',
          kind: network?.kind ?? 'bridge',
          source: vm.network,
        },
      ],
      graphics: [{ kind: 'vnc', port: 5900 + run - 1, listen: '127.0.0.1' }],
      serial: true,
      machine: vm.machine,
      domainType: 'kvm',
      guestSystem: vm.guestSystem,
    },
    persistent: true,
    autostart: vm.autostart,
    endedBy: 'unspecified',
    ...(vm.running
      ? {
          instance: {
            run,
            state: 'active',
            reason: 'booted',
            guest: { bootedAt: now - upSinceMs, phase: 'up', hung: false },
            counters: noCounters(),
            grownBytes: 0,
          },
        }
      : {}),
  };
}

function diskOf({ images }: Places, disk: ScenarioVm['disks'][number]) {
  const chain: { path: string; format: string }[] = [];
  const image = images.get(disk.path);
  for (let next = image?.backing; next !== undefined; ) {
    const base = images.get(next);
    if (base === undefined) break;
    chain.push({ path: base.path, format: base.format });
    next = base.backing;
  }
  return {
    target: disk.target,
    source: disk.path,
    device: 'disk' as const,
    format: image?.format ?? 'raw',
    cache: disk.cache,
    readOnly: false,
    shareable: false,
    backingChain: chain,
  };
}
