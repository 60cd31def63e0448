import { describe, expect, it } from 'vitest';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { someCluster, someHost, someVm } from '#shared/testing/nouns.ts';
import { suggestMove } from './suggestMove.ts';

const [a, b] = [someHost('server-a'), someHost('server-b')];
const cluster: PhysicalCluster = {
  id: someCluster,
  name: 'Two servers',
  simulated: true,
  simulation: { scenario: 'two-servers', title: 'Two servers', seed: 1, standing: 'running' },
};

function onDisk(vm: Vm, source: string): Vm {
  const disk = { target: 'vda', source, device: 'disk', format: 'qcow2', cache: 'none' } as const;
  return { ...vm, disks: [{ ...disk, readOnly: false, shareable: false, backingChain: [] }] };
}

const web = onDisk(someVm('web', b), '/srv/shared/web.qcow2');
const cache = onDisk(someVm('cache', a, { memoryMiB: 8192 }), '/srv/shared/cache.qcow2');
const local = onDisk(someVm('alone', a, { memoryMiB: 8192 }), '/var/lib/libvirt/images/alone.qcow2');
const vms = [web, cache, local];
const named = (...given: Parameters<typeof suggestMove>): string | undefined => {
  const move = suggestMove(...given);
  return move && `${move.vm.name} to ${move.to.name}`;
};

describe('the move that is suggested first', () => {
  it('is of the VM whose rounds can be watched, and whose disks the other host sees', () => {
    expect(named(cluster, [a, b], vms, [])).toBe('cache to server-b');
    expect(named(cluster, [a, b], [web, local], [])).toBeUndefined();
  });

  it('is none where a rule refuses it, or the cluster is real, does not run, or has a story of its own', () => {
    const lost = { ...cluster, simulation: { ...cluster.simulation, standing: 'lost' } } as PhysicalCluster;
    expect(named(lost, [a, b], vms, [])).toBeUndefined();
    expect(named({ id: someCluster, name: 'rack-1', simulated: false }, [a, b], vms, [])).toBeUndefined();
    const busy = {
      ...cluster,
      simulation: { ...cluster.simulation, scenario: 'bad-day' },
    } as PhysicalCluster;
    expect(named(busy, [a, b], vms, [])).toBeUndefined();
    expect(named(cluster, [a], vms, [])).toBeUndefined();
    const paused = vms.map((vm): Vm => ({ ...vm, state: 'paused' }));
    expect(named(cluster, [a, b], paused, [])).toBeUndefined();
  });

  it('is none once a migration was tried there', () => {
    const tried = { kind: 'migration', subject: { clusterId: someCluster } } as Task;
    expect(named(cluster, [a, b], vms, [tried])).toBeUndefined();
  });
});
