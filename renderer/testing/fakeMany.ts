import { type HostId, hostId, vmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fakeClusterId, fakeHost, fakePhysicalCluster, fakeVms } from './fakeCluster.ts';

const vmsEach = 160;
const kinds = ['web', 'database', 'batch', 'cache', 'desktop', 'build'] as const;
/** Most are active; the others are spread over the list. */
const states = ['active', 'active', 'active', 'active', 'active', 'paused', 'inactive', 'suspended'] as const;

/** A physical cluster of so many VMs, each with a name of its own; the same every time. */
export function fakeMany(count: number, now: number): readonly LivePatch[] {
  const hosts = Array.from({ length: Math.max(2, Math.ceil(count / vmsEach)) }, (_, index) => {
    const name = `server-${String(index + 1).padStart(2, '0')}`;
    return fakeHost(hostId(`many-${name}`), name, `ssh://ops@10.77.1.${index + 1}`, now);
  });
  return [
    { kind: 'cluster', value: fakePhysicalCluster },
    ...hosts.map((value) => ({ kind: 'host' as const, value })),
    ...Array.from({ length: count }, (_, index) => ({
      kind: 'vm' as const,
      value: vmAt(index, hosts[(index * 7) % hosts.length]?.id ?? hostId('none')),
    })),
  ];
}

function vmAt(index: number, home: HostId): Vm {
  const [pattern] = fakeVms;
  if (pattern === undefined) throw new Error('the fake cluster has no VM to make others after');
  const kind = kinds[index % kinds.length] ?? 'web';
  const name = `${kind}-${String(Math.floor(index / kinds.length) + 1).padStart(4, '0')}`;
  const hex = index.toString(16).padStart(8, '0');
  const uuid = `7e0c1f9a-44d2-4f0e-8f5b-0000${hex}`;
  const state = states[(index * 5) % states.length] ?? 'active';
  return {
    ...pattern,
    id: vmId(fakeClusterId, uuid),
    uuid,
    name,
    hostId: home,
    state,
    reason: state === 'active' ? 'booted' : 'user',
    vcpus: 1 + (index % 8),
    memoryMiB: 512 * (1 + (index % 16)),
    maxMemoryMiB: 512 * (1 + (index % 16)),
    disks: pattern.disks.map((disk) => ({ ...disk, source: `/srv/shared/${name}.qcow2` })),
    nics: pattern.nics.map((nic) => ({
      ...nic,
      mac: `52:54:00:${hex.slice(2, 4)}:${hex.slice(4, 6)}:${hex.slice(6, 8)}`,
    })),
  };
}
