import { describe, expect, it } from 'vitest';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fakeHosts, fakeVms } from '../../testing/fakeCluster.ts';
import { headroomOf } from './headroom.ts';

const [host] = fakeHosts(0);
const [vm] = fakeVms;
if (host?.capacity === undefined || vm === undefined) throw new Error('a host and a VM were expected');
const { capacity } = host;

const hostWith = (name: string, memoryFreeMiB: number): Host => ({
  ...host,
  id: name as Host['id'],
  name,
  capacity: { ...capacity, cpus: 8, memoryMiB: 10_064, memoryFreeMiB: memoryFreeMiB + 64 },
});
const vmOn = (name: string, at: Host, memoryMiB: number, state: Vm['state'] = 'active'): Vm => ({
  ...vm,
  id: name as Vm['id'],
  name,
  hostId: at.id,
  memoryMiB,
  state,
});

describe('headroom', () => {
  const [a, b, c] = [hostWith('a', 4000), hostWith('b', 6000), hostWith('c', 1000)];

  it('adds up what is free, and knows that a VM is on one host', () => {
    const room = headroomOf([a, b, c], [], (each) => (each === a ? 0.5 : undefined));
    expect(room).toMatchObject({
      hosts: 3,
      memoryMiB: 11_000,
      cpus: 4,
      cpusTotal: 24,
      largest: { host: b, memoryMiB: 6000 },
    });
  });

  it('moves the VMs of a lost host in thought, and names those without a place', () => {
    const vms = [vmOn('big', b, 4500), vmOn('small', b, 900), vmOn('off', b, 9000, 'inactive')];
    const room = headroomOf([a, b, c], vms, () => undefined);
    expect(room?.without).toMatchObject({ host: b, vms: 2, memoryMiB: 5400, leftMiB: 4100 });
    expect(room?.without?.homeless.map(({ name }) => name)).toEqual(['big']);
  });

  it('counts no host that does not answer', () => {
    const lost: Host = { ...b, connection: { state: 'connecting', since: 0 } };
    expect(headroomOf([a, lost], [], () => undefined)).toMatchObject({ hosts: 1, memoryMiB: 4000 });
    expect(headroomOf([lost], [], () => undefined)).toBeUndefined();
  });

  it('of a host that is alone says nothing of its loss: there is nowhere to go', () => {
    expect(headroomOf([a], [vmOn('only', a, 10)], () => undefined)?.without).toBeUndefined();
  });
});
