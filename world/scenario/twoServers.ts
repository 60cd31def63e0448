import { batch, cache, database, desktop, webShop } from './guests.ts';
import type { Scenario } from './scenario.ts';

const flags = [
  'aes',
  'avx',
  'avx2',
  'bmi1',
  'bmi2',
  'fma',
  'movbe',
  'pcid',
  'popcnt',
  'sse4_1',
  'sse4_2',
  'x2apic',
  'xsave',
];
const networks = [
  { name: 'br0', kind: 'bridge', active: true },
  { name: 'default', kind: 'network', active: true },
] as const;

const server = {
  cpus: 16,
  mhz: 2900,
  cpuModel: 'Skylake-Server-IBRS',
  cpuFlags: flags,
  memoryMiB: 65_536,
  nicBitsPerSecond: 10e9,
  power: [92, 118, 138, 157, 176, 196, 217, 241, 269, 300, 334],
  networks,
  machineTypes: ['pc-q35-7.2', 'pc-q35-7.1', 'pc-i440fx-7.2'],
} as const;

const bases = [
  { file: 'debian-12.qcow2', virtualGiB: 20, usedGiB: 1.4 },
  { file: 'rocky-9.qcow2', virtualGiB: 20, usedGiB: 2.1 },
  { file: 'ubuntu-24.04.qcow2', virtualGiB: 20, usedGiB: 2.6 },
  { file: 'windows-11.qcow2', virtualGiB: 64, usedGiB: 14.8 },
] as const;

const machine = 'pc-q35-7.2';
const templates = '/srv/shared/templates';
const shared = '/srv/shared';
const local = '/var/lib/libvirt/images';

function overlay(name: string, base: string, virtualGiB: number, usedGiB: number) {
  return {
    path: `${shared}/${name}.qcow2`,
    format: 'qcow2' as const,
    virtualGiB,
    usedGiB,
    backing: `${templates}/${base}`,
  };
}

function disk(path: string) {
  return [{ target: 'vda', path, cache: 'none' }];
}

/** Two hosts of one kind with a store in common, and six guests that behave differently when they are moved. */
export const twoServers: Scenario = {
  name: 'two-servers',
  title: 'Two servers',
  story:
    'Server A and Server B share storage and run six VMs with different guests and loads. Move one while it runs, or cut the power of a server and see what becomes of the rest.',
  hosts: [
    { ...server, name: 'server-a', title: 'Server A', address: '10.90.0.11', clockAheadMs: 0 },
    // What the doctor is to find: a clock that nobody sets.
    { ...server, name: 'server-b', title: 'Server B', address: '10.90.0.12', clockAheadMs: 3000 },
  ],
  switches: [],
  traces: {},
  timeline: [],
  pools: [
    {
      name: 'shared',
      path: shared,
      kind: 'netfs',
      shared: true,
      hosts: ['server-a', 'server-b'],
      capacityGiB: 2048,
      rateMiBPerSecond: 900,
    },
    {
      name: 'local',
      path: local,
      kind: 'dir',
      shared: false,
      hosts: ['server-a', 'server-b'],
      capacityGiB: 480,
      rateMiBPerSecond: 450,
    },
  ],
  images: [
    ...bases.map(({ file, ...size }) => ({
      ...size,
      path: `${templates}/${file}`,
      format: 'qcow2' as const,
    })),
    overlay('web-01', 'debian-12.qcow2', 20, 1.1),
    overlay('web-02', 'debian-12.qcow2', 20, 1.2),
    overlay('database-01', 'rocky-9.qcow2', 120, 41.5),
    overlay('cache-01', 'ubuntu-24.04.qcow2', 20, 0.9),
    overlay('desktop-01', 'windows-11.qcow2', 64, 9.3),
    // On a disk of one server: this guest takes its disk along.
    { path: `${local}/batch-01.qcow2`, format: 'qcow2', virtualGiB: 10, usedGiB: 2.4, host: 'server-b' },
  ],
  vms: [
    {
      name: 'web-01',
      host: 'server-a',
      guestSystem: 'Debian 12',
      vcpus: 2,
      memoryMiB: 4096,
      disks: disk(`${shared}/web-01.qcow2`),
      network: 'br0',
      machine,
      workload: webShop(14),
      running: true,
      autostart: true,
    },
    {
      name: 'web-02',
      host: 'server-b',
      guestSystem: 'Debian 12',
      vcpus: 2,
      memoryMiB: 4096,
      disks: disk(`${shared}/web-02.qcow2`),
      network: 'br0',
      machine,
      workload: webShop(20),
      running: true,
      autostart: true,
    },
    {
      name: 'database-01',
      host: 'server-a',
      guestSystem: 'Rocky Linux 9',
      vcpus: 4,
      memoryMiB: 16_384,
      disks: disk(`${shared}/database-01.qcow2`),
      network: 'br0',
      machine,
      workload: database,
      running: true,
      autostart: true,
    },
    {
      name: 'cache-01',
      host: 'server-a',
      guestSystem: 'Ubuntu 24.04',
      vcpus: 2,
      memoryMiB: 8192,
      disks: disk(`${shared}/cache-01.qcow2`),
      network: 'br0',
      machine,
      workload: cache,
      running: true,
      autostart: false,
    },
    {
      name: 'batch-01',
      host: 'server-b',
      guestSystem: 'Alpine Linux 3.20',
      vcpus: 4,
      memoryMiB: 2048,
      disks: disk(`${local}/batch-01.qcow2`),
      network: 'br0',
      machine,
      workload: batch,
      running: true,
      autostart: false,
    },
    {
      // Its power button asks the one who sits before it first: a shutdown that is ignored until it is asked again.
      name: 'desktop-01',
      host: 'server-b',
      guestSystem: 'Windows 11',
      vcpus: 2,
      memoryMiB: 8192,
      disks: disk(`${shared}/desktop-01.qcow2`),
      network: 'default',
      machine,
      workload: desktop,
      running: true,
      autostart: false,
    },
  ],
};
