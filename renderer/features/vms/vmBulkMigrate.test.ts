import { describe, expect, it } from 'vitest';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { verdictsOfMigrations } from './vmBulkMigrate.tsx';

const withRoom = (name: string, memoryFreeMiB: number): Host => {
  const host = someHost(name);
  if (host.capacity === undefined) throw new Error('some host has a capacity');
  return { ...host, capacity: { ...host.capacity, memoryFreeMiB } };
};
const [a, b, c] = [withRoom('server-a', 9000), withRoom('server-b', 5000), withRoom('server-c', 4000)];
const hosts = new Map([a, b, c].map((host) => [host.id, host]));
const vm = (name: string, memoryMiB: number, more: Partial<Vm> = {}): Vm =>
  someVm(name, a, { memoryMiB, ...more });
const reasons = (vms: readonly Vm[], to?: string) =>
  verdictsOfMigrations(vms, { hosts }, to).map((verdict) => (verdict.allowed ? 'yes' : verdict.reason));

describe('many migrations at once', () => {
  it('promises each the memory that those before it leave, wherever most is left', () => {
    const vms = ['web-01', 'web-02', 'web-03', 'web-04'].map((name) => vm(name, 3000));
    expect(reasons(vms)).toEqual([
      'yes',
      'yes',
      expect.stringMatching(/^server-b has 1936 MiB free for VMs and web-03 needs 3000 MiB/),
      expect.stringMatching(/web-04 needs 3000 MiB/),
    ]);
  });

  it('leaves out, with the reason, what the chosen host cannot take or has already', () => {
    const there = vm('there', 100, { hostId: c.id });
    const off = vm('off', 100, { state: 'inactive' });
    const paused = vm('held', 100, { state: 'paused' });
    expect(reasons([vm('web-01', 3000), there, off, paused, vm('web-02', 3000)], c.id)).toEqual([
      'yes',
      'there already runs on server-c. Choose another host.',
      'off is inactive; only an active VM can be migrated live. Start it first.',
      'held is paused; only an active VM can be migrated live. Resume it first.',
      expect.stringMatching(/^server-c has 936 MiB free/),
    ]);
  });

  it('says where there is nowhere to go', () => {
    const alone = verdictsOfMigrations([vm('only', 100)], { hosts: new Map([[a.id, a]]) }, undefined);
    expect(alone).toMatchObject([{ reason: 'There is no other host in the cluster of only.' }]);
  });
});
