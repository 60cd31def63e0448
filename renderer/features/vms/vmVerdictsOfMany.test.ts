import { describe, expect, it } from 'vitest';
import type { Vm } from '#shared/model/vm.ts';
import { fakeHosts, fakeVms, serverA, serverB } from '../../testing/fakeCluster.ts';
import { verdictsOfMany } from './vmVerdictsOfMany.ts';

const hosts = new Map(fakeHosts(0).map((host) => [host.id, host]));

function reasons(vms: readonly Vm[], verb: 'start' | 'pause'): readonly (string | undefined)[] {
  const all = new Map([...fakeVms, ...vms].map((vm) => [vm.id, vm]));
  return verdictsOfMany(vms, verb, { hosts, vms: all }).map((each) =>
    each.allowed ? undefined : each.reason,
  );
}

describe('a verb for many VMs', () => {
  it('says of each why not', () => {
    const named = (name: string) => fakeVms.filter((vm) => vm.name === name);
    expect(reasons([...named('web-01'), ...named('batch-01'), ...named('build-runner')], 'pause')).toEqual([
      undefined,
      'batch-01 is paused already.',
      'build-runner is inactive, so nothing of it executes. Start it first.',
    ]);
  });

  it('counts the memory that those before it take of the same host', () => {
    const off = (name: string, hostId: Vm['hostId']) =>
      fakeVms.slice(0, 1).map((vm): Vm => ({ ...vm, name, hostId, state: 'inactive', memoryMiB: 4000 }));
    const vms = [...off('one', serverB), ...off('two', serverB), ...off('three', serverA)];
    expect(reasons(vms, 'start')).toEqual([
      undefined,
      'server-b has 3036 MiB free for VMs and two needs 4000 MiB. Free memory there, or shut down or move another VM.',
      undefined,
    ]);
  });
});
