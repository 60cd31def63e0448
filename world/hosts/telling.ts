import type { WorldHostCounters } from '#shared/contract/worldContract.ts';
import type { HostCapacity } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { ScenarioHost } from '../scenario/scenario.ts';
import { seededUuid } from '../state/seeded.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { freeBytesAbout } from '../storage/stores.ts';
import { type HostColumn, hostColumns, makeColumns, readHost } from './columns.ts';
import { freeMemoryMiB } from './memory.ts';

/** As the hosts that Drover's table of faults was made on. */
export const versions = { libvirt: '9.0.0', hypervisor: '7.2.22' } as const;
export const migrationPorts = { first: 49_152, last: 49_215 } as const;
/** Files of its own that it has read; its guests' disks pass its cache by. */
const hostFilesMiB = 2600;
/** The kernel leaves some of what is free really free. */
const mostCached = 0.8;
const gibibyte = 1024 ** 3;
const architecture = 'x86_64';
/** The disk that a host itself stands on, and what its system takes of it. */
const systemBytes = 100 * gibibyte;
const systemOwnBytes = 8 * gibibyte;

export function hostUuid(world: World, name: string): string {
  return seededUuid(world.state.seed, `host ${name}`);
}

export function capacityOf(world: World, host: HostState): HostCapacity {
  const facts = world.facts(host);
  return {
    cpus: facts.cpus,
    cpuModel: facts.cpuModel,
    cpuMhz: facts.mhz,
    memoryMiB: facts.memoryMiB,
    memoryFreeMiB: freeMemoryMiB(world, host),
    libvirtVersion: versions.libvirt,
    hypervisorVersion: versions.hypervisor,
    hostname: facts.name,
    hostUuid: hostUuid(world, host.name),
    kvm: true,
  };
}

/** Of bare metal: nothing is stolen, and no CPU of the host itself waits for a disk. */
export function hostCountersOf(world: World, host: HostState, depth: 'cheap' | 'full'): WorldHostCounters {
  const columns = makeColumns(hostColumns, 1);
  readHost(world, host, columns);
  const read = (name: HostColumn) => columns.values[hostColumns.indexOf(name)] ?? 0;
  const { memoryMiB } = world.facts(host);
  const memoryUsedMiB = read('memoryUsedMiB');
  return {
    cpuBusyNs: Math.round(read('cpuBusyNs')),
    cpuTotalNs: Math.round(read('cpuTotalNs')),
    cpuWaitNs: 0,
    memoryUsedMiB,
    memoryTotalMiB: memoryMiB,
    memoryCachedMiB: Math.round(Math.min(hostFilesMiB, (memoryMiB - memoryUsedMiB) * mostCached)),
    watts: read('watts'),
    energyJoules: read('energyJoules'),
    ...(depth === 'cheap'
      ? {}
      : {
          cpuStealNs: 0,
          swapUsedMiB: Math.round(read('swapUsedMiB')),
          networkReceiveBytes: Math.round(read('networkReceiveBytes')),
          networkSendBytes: Math.round(read('networkSendBytes')),
          diskReadBytes: Math.round(read('diskReadBytes')),
          diskWriteBytes: Math.round(read('diskWriteBytes')),
        }),
  };
}

export function inspectionOf(world: World, host: HostState): HostInspection {
  const facts = world.facts(host);
  return {
    hostname: facts.name,
    libvirtVersion: versions.libvirt,
    hypervisorVersion: versions.hypervisor,
    kvm: 'usable',
    user: 'root',
    mayWrite: true,
    clockAheadMs: facts.clockAheadMs,
    clockUncertainMs: 1 + host.distanceMs,
    memoryMiB: facts.memoryMiB,
    memoryFreeMiB: freeMemoryMiB(world, host),
    pools: (world.index.pools.get(host.name) ?? []).map(({ pool, key }) => {
      const store = world.state.stores[key];
      const capacityBytes = pool.capacityGiB * gibibyte;
      return {
        name: pool.name,
        kind: pool.kind,
        path: pool.path,
        active: true,
        autostart: true,
        writable: true,
        capacityBytes,
        availableBytes: store === undefined ? 0 : freeBytesAbout(world, { key, store }),
      };
    }),
    fileSystems: [{ path: '/', capacityBytes: systemBytes, availableBytes: systemFreeBytes(host) }],
    networks: [...facts.networks],
    machineTypes: [...facts.machineTypes],
    cpuXml: cpuXmlOf(facts),
    cpuModel: facts.cpuModel,
    cpuFlags: [...facts.cpuFlags],
    architecture,
    migrationTls: 'absent',
    migrationPorts,
  };
}

/** Less what suspended guests have written to it: /var/lib/libvirt/qemu/save is there. */
function systemFreeBytes(host: HostState): number {
  let taken = systemOwnBytes;
  for (const { saved } of Object.values(host.domains)) taken += saved?.bytes ?? 0;
  return Math.max(0, systemBytes - taken);
}

/** libvirt's `<cpu>` of a host. */
function cpuXmlOf({ cpuModel, cpuFlags, cpus }: ScenarioHost): string {
  const features = cpuFlags.map((name) => `<feature name='${name}'/>`).join('');
  return `<cpu><arch>${architecture}</arch><model>${cpuModel}</model><vendor>Intel</vendor><topology sockets='1' dies='1' cores='${cpus}' threads='1'/>${features}</cpu>`;
}

/** What the host itself looks up: its neighbours by name, and addresses as they are. */
export function resolves(world: World, name: string): boolean {
  return name === 'localhost' || /^\d+\.\d+\.\d+\.\d+$/.test(name) || world.index.hosts.has(name);
}
