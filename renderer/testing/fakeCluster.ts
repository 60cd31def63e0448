import type { Host, HostCapacity } from '#shared/model/host.ts';
import { clusterId, type HostId, hostId, vmId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Vm } from '#shared/model/vm.ts';

export const fakeClusterId = clusterId('cluster-1');
export const serverA = hostId('host-a');
export const serverB = hostId('host-b');

export const fakePhysicalCluster: PhysicalCluster = { id: fakeClusterId, name: 'rack-1', simulated: false };

const capacity: HostCapacity = {
  cpus: 16,
  cpuModel: 'AMD EPYC 7302P',
  cpuMhz: 3000,
  memoryMiB: 32_064,
  memoryFreeMiB: 18_200,
  libvirtVersion: '9.0.0',
  hypervisorVersion: '7.2.9',
  hostname: 'server-a',
  hostUuid: '5f0c2a34-0001-4a6e-9a52-000000000001',
  kvm: true,
};

export function fakeHost(id: HostId, name: string, address: string, at: number): Host {
  return {
    id,
    clusterId: fakeClusterId,
    name,
    address,
    connection: { state: 'connected', since: at },
    capacity: { ...capacity, hostname: name, hostUuid: `${capacity.hostUuid.slice(0, -1)}${id.length}` },
    declaredDead: false,
    lastSeenAt: at,
  };
}

export function fakeHosts(at: number): readonly Host[] {
  const b = fakeHost(serverB, 'server-b', 'ssh://ops@10.77.0.3', at);
  return [
    fakeHost(serverA, 'server-a', 'ssh://ops@10.77.0.2', at),
    {
      ...b,
      capacity: { ...capacity, memoryMiB: 16_032, memoryFreeMiB: 7_100, hostname: 'server-b', cpus: 8 },
    },
  ];
}

interface VmLine {
  readonly name: string;
  readonly host: HostId;
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly state?: Vm['state'];
  readonly reason?: Vm['reason'];
  readonly snapshots?: boolean;
}

const lines: readonly VmLine[] = [
  { name: 'web-01', host: serverA, memoryMiB: 2048, vcpus: 2 },
  { name: 'web-02', host: serverB, memoryMiB: 2048, vcpus: 2 },
  { name: 'web-03', host: serverA, memoryMiB: 2048, vcpus: 2 },
  { name: 'database-01', host: serverA, memoryMiB: 8192, vcpus: 4 },
  { name: 'batch-01', host: serverB, memoryMiB: 1024, vcpus: 1, state: 'paused', reason: 'user' },
  {
    name: 'build-runner',
    host: serverB,
    memoryMiB: 4096,
    vcpus: 4,
    state: 'inactive',
    reason: 'shutdown',
    snapshots: true,
  },
];

function fakeVm(line: VmLine, index: number): Vm {
  const uuid = `7e0c1f9a-44d2-4f0e-8f5b-00000000000${index + 1}`;
  return {
    id: vmId(fakeClusterId, uuid),
    uuid,
    clusterId: fakeClusterId,
    name: line.name,
    hostId: line.host,
    state: line.state ?? 'active',
    reason: line.reason ?? 'booted',
    vcpus: line.vcpus,
    memoryMiB: line.memoryMiB,
    maxMemoryMiB: line.memoryMiB,
    persistent: true,
    autostart: index < 4,
    hasSnapshots: line.snapshots ?? false,
    disks: [
      {
        target: 'vda',
        source: `/var/lib/libvirt/shared/${line.name}.qcow2`,
        device: 'disk',
        format: 'qcow2',
        cache: 'none',
        readOnly: false,
        shareable: false,
        backingChain: [{ path: '/var/lib/libvirt/shared/templates/debian-12.qcow2', format: 'qcow2' }],
      },
    ],
    nics: [{ mac: `52:54:00:1a:2b:0${index + 1}`, model: 'virtio', kind: 'bridge', source: 'br0' }],
    graphics: [{ kind: 'vnc', port: 5900 + index, listen: '127.0.0.1' }],
    machine: 'pc-q35-7.2',
    domainType: 'kvm',
    guestSystem: 'Debian 12',
    copies: [],
    current: true,
  };
}

export const fakeVms: readonly Vm[] = lines.map(fakeVm);

export function vmNamed(vms: Iterable<Vm>, name: string): Vm {
  for (const vm of vms) if (vm.name === name) return vm;
  throw new Error(`the fake cluster has no VM ${name}`);
}
