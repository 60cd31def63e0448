import { batch, cache, database, desktop, webShop } from '../../../world/scenario/guests.ts';
import type { Scenario, ScenarioHost, ScenarioVm } from '../../../world/scenario/scenario.ts';
import type { GuestWorkload } from '../../../world/scenario/workload.ts';

export interface FleetSize {
  readonly hosts: number;
  readonly vms: number;
}

const pool = '/srv/shared';
const machine = 'pc-q35-7.2';
const network = 'br0';

const kinds: readonly {
  readonly name: string;
  readonly guestSystem: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly workload: (number: number) => GuestWorkload;
}[] = [
  {
    name: 'web',
    guestSystem: 'Debian 12',
    vcpus: 2,
    memoryMiB: 4096,
    workload: (number) => webShop(number % 24),
  },
  { name: 'database', guestSystem: 'Rocky Linux 9', vcpus: 4, memoryMiB: 16_384, workload: () => database },
  { name: 'cache', guestSystem: 'Ubuntu 24.04', vcpus: 2, memoryMiB: 8192, workload: () => cache },
  { name: 'batch', guestSystem: 'Alpine Linux 3.20', vcpus: 4, memoryMiB: 2048, workload: () => batch },
  { name: 'desktop', guestSystem: 'Windows 11', vcpus: 2, memoryMiB: 8192, workload: () => desktop },
];

/** A simulated cluster of any size, its VMs spread evenly, of five kinds by turns; every twentieth is not running. */
export function fleet({ hosts: hostCount, vms: vmCount }: FleetSize): Scenario {
  const perHost = Math.ceil(vmCount / hostCount);
  const hosts = Array.from({ length: hostCount }, (_, index) => hostOf(index, perHost));
  const vms = Array.from({ length: vmCount }, (_, index) => vmOf(index, hosts));
  return {
    name: `fleet-${hostCount}-${vmCount}`,
    title: `${hostCount} hosts`,
    story: `${hostCount} hosts with ${vmCount} VMs, to measure with.`,
    hosts,
    switches: [],
    traces: {},
    timeline: [],
    pools: [
      {
        name: 'shared',
        path: pool,
        kind: 'netfs',
        shared: true,
        hosts: hosts.map(({ name }) => name),
        capacityGiB: 65_536,
        rateMiBPerSecond: 4000,
      },
    ],
    images: vms.map(({ name }) => ({ path: imageOf(name), format: 'qcow2', virtualGiB: 20, usedGiB: 2 })),
    vms,
  };
}

function hostOf(index: number, vms: number): ScenarioHost {
  return {
    name: `server-${numbered(index, 3)}`,
    title: `Server ${index + 1}`,
    address: `10.90.${Math.floor(index / 200)}.${(index % 200) + 11}`,
    cpus: Math.max(16, vms * 2),
    mhz: 2900,
    cpuModel: 'Skylake-Server-IBRS',
    cpuFlags: ['aes', 'avx', 'avx2', 'sse4_1', 'sse4_2', 'x2apic', 'xsave'],
    memoryMiB: Math.max(65_536, vms * 8192),
    nicBitsPerSecond: 10e9,
    power: [92, 118, 138, 157, 176, 196, 217, 241, 269, 300, 334],
    networks: [{ name: network, kind: 'bridge', active: true }],
    machineTypes: [machine],
    clockAheadMs: 0,
  };
}

function vmOf(index: number, hosts: readonly ScenarioHost[]): ScenarioVm {
  const kind = kinds[index % kinds.length];
  const host = hosts[index % hosts.length];
  if (kind === undefined || host === undefined) throw new Error('a fleet has hosts and kinds of VMs');
  const name = `${kind.name}-${numbered(index, 5)}`;
  return {
    name,
    host: host.name,
    guestSystem: kind.guestSystem,
    vcpus: kind.vcpus,
    memoryMiB: kind.memoryMiB,
    disks: [{ target: 'vda', path: imageOf(name), cache: 'none' }],
    network,
    machine,
    workload: kind.workload(index),
    running: index % 20 !== 19,
    autostart: false,
  };
}

const imageOf = (vm: string): string => `${pool}/${vm}.qcow2`;

const numbered = (index: number, digits: number): string => String(index + 1).padStart(digits, '0');
