import { describe, expect, it } from 'vitest';
import type { Host } from '../model/host.ts';
import { clusterId, taskId } from '../model/ids.ts';
import type { MigrationOptions } from '../model/migration.ts';
import type { Vm } from '../model/vm.ts';
import { someHost, someOptions, someVm } from '../testing/nouns.ts';
import { canMigrate } from './canMigrate.ts';

const here = someHost('server-a');
const there = someHost('server-b');
const silent: Host['connection'] = {
  state: 'unreachable',
  since: 0,
  retryAt: 0,
  error: { code: 'host-unreachable', message: 'no answer' },
};

interface Case {
  readonly vm?: Partial<Vm>;
  readonly from?: Partial<Host>;
  readonly to?: Partial<Host>;
  readonly options?: Partial<MigrationOptions>;
  readonly claimedMiB?: number;
}

function verdict({ vm, from, to, options, claimedMiB = 0 }: Case) {
  const source = { ...here, ...from };
  return canMigrate(
    someVm('web-01', source, vm),
    source,
    { ...there, ...to },
    someOptions(options),
    claimedMiB,
  );
}

describe('whether a VM may be migrated', () => {
  it('allows an active VM onto a host with room', () => {
    expect(verdict({})).toEqual({ allowed: true });
  });

  it.each<[string, Case, RegExp, string?]>([
    ['onto its own host', { to: { id: here.id, name: 'server-a' } }, /already runs on server-a/, 'same-host'],
    ['out of its cluster', { to: { clusterId: clusterId('other') } }, /not in web-01's physical cluster/],
    ['while a task holds it', { vm: { heldBy: taskId('t1') } }, /Another task is working on web-01/],
    ['from a silent host', { from: { connection: silent } }, /server-a, where web-01 is, does not answer/],
    ['onto a silent host', { to: { connection: silent } }, /server-b does not answer/],
    ['when it does not run', { vm: { state: 'inactive' } }, /web-01 is inactive; only an active VM/],
    ['with snapshots', { vm: { hasSnapshots: true } }, /has snapshots/],
    [
      'where a copy runs',
      { vm: { copies: [{ hostId: there.id, role: 'orphan', state: 'active', reason: 'booted' }] } },
      /already runs a copy/,
    ],
    [
      'where memory is short',
      { vm: { memoryMiB: 16_384 } },
      /16320 MiB free for VMs and web-01 needs 16384/,
      'no-room',
    ],
    ['where memory is promised to others', { claimedMiB: 15_000 }, /1320 MiB free/, 'no-room'],
    [
      'with post-copy and its disks',
      { options: { postCopy: true, copyStorage: true } },
      /do not go together/,
    ],
  ])('refuses %s', (_what, given, reason, code = 'refused-by-rule') => {
    expect(verdict(given)).toEqual({ allowed: false, reason: expect.stringMatching(reason), code });
  });

  it('wants KVM where the VM does', () => {
    const { capacity } = there;
    if (capacity === undefined) throw new Error('a host in a test has a capacity');
    const emulating = { capacity: { ...capacity, kvm: false } };
    expect(verdict({ to: emulating })).toMatchObject({ allowed: false });
    expect(verdict({ to: emulating, vm: { domainType: 'qemu' } })).toEqual({ allowed: true });
  });
});
