import { describe, expect, it } from 'vitest';
import type { Host } from '../model/host.ts';
import { clusterId, taskId } from '../model/ids.ts';
import type { Vm, VmState } from '../model/vm.ts';
import { type VmVerb, vmVerbs } from '../model/vmAction.ts';
import { someHost, someVm } from '../testing/nouns.ts';
import { canAct, canUse } from './canAct.ts';
import { canDefine } from './canDefine.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';

const home = someHost('server-a');
const other = someHost('server-b');
const silent: Host['connection'] = {
  state: 'unreachable',
  since: 0,
  retryAt: 0,
  error: { code: 'host-unreachable', message: 'no answer' },
};

function around(vm: Vm, hosts: readonly Host[] = [home, other], vms: readonly Vm[] = []): Surroundings {
  const found = surroundingsOf(vm, { hosts, vms: [vm, ...vms] });
  if (found === undefined) throw new Error('the VM has no home');
  return found;
}

const web = (changes: Partial<Vm> = {}) => someVm('web-01', home, { reason: 'user', ...changes });

/** The moves of the model, once more and by hand. */
const legalVerbs: Readonly<Record<Exclude<VmState, 'unknown'>, readonly VmVerb[]>> = {
  inactive: ['start', 'rename', 'autostart', 'undefine'],
  active: ['pause', 'suspend', 'shut-down', 'force-off', 'reboot', 'reset', 'autostart'],
  paused: ['resume', 'suspend', 'force-off', 'autostart'],
  suspended: ['restore', 'discard', 'autostart', 'undefine'],
};

describe('the verbs of a VM', () => {
  it.each(Object.entries(legalVerbs))('of an %s one: those and no others', (state, verbs) => {
    const vm = web({ state: state as VmState });
    const verdicts = vmVerbs.map((verb) => ({ verb, ...canUse(vm, verb, around(vm)) }));
    const legal = verdicts.flatMap(({ verb, allowed }) => (allowed ? [verb] : []));
    expect(legal.toSorted()).toEqual([...verbs].toSorted());
    for (const verdict of verdicts) {
      // A whole sentence that names the VM.
      if (!verdict.allowed) expect(verdict.reason).toMatch(/^web-01 is .*\.$/);
    }
  });

  it.each(vmVerbs)(
    '%s is refused while a task works on it, its host is silent or its state unknown',
    (verb) => {
      for (const state of ['inactive', 'active', 'paused', 'suspended'] as const) {
        const held = web({ state, heldBy: taskId('t1') });
        expect(canUse(held, verb, around(held))).toMatchObject({
          allowed: false,
          reason: expect.stringMatching(/Another task/),
        });
        const vm = web({ state });
        const lost = around(vm, [{ ...home, connection: silent }, other]);
        expect(canUse(vm, verb, lost)).toMatchObject({
          allowed: false,
          reason: expect.stringMatching(/does not answer/),
        });
      }
      const unknown = web({ state: 'unknown' });
      expect(canUse(unknown, verb, around(unknown))).toMatchObject({
        allowed: false,
        reason: expect.stringMatching(/is not known/),
      });
    },
  );

  it.each<[string, VmVerb, Partial<Vm>, readonly Host[], RegExp, string?]>([
    [
      'beside a running copy',
      'start',
      {
        state: 'inactive',
        copies: [{ hostId: other.id, role: 'orphan', state: 'active', reason: 'booted' }],
      },
      [home, other],
      /server-b has a copy/,
    ],
    [
      'beside a silent host that has a copy',
      'restore',
      {
        state: 'suspended',
        copies: [{ hostId: other.id, role: 'stale', state: 'inactive', reason: 'unspecified' }],
      },
      [home, { ...other, connection: silent }],
      /may run on server-b/,
    ],
    [
      'when it moved to a silent host',
      'start',
      { state: 'inactive', reason: 'migrated' },
      [home, { ...other, connection: silent }],
      /may run on server-b/,
    ],
    [
      'without memory for it',
      'start',
      { state: 'inactive', memoryMiB: 16_384 },
      [home, other],
      /16320 MiB free/,
      'no-room',
    ],
    [
      'of one that is defined only while it runs',
      'suspend',
      { persistent: false },
      [home],
      /nothing would be left/,
    ],
    [
      'of one that is defined only while it runs',
      'autostart',
      { persistent: false },
      [home],
      /Define it on its host/,
    ],
    ['with snapshots', 'undefine', { state: 'inactive', hasSnapshots: true }, [home], /has snapshots/],
    ['with snapshots', 'rename', { state: 'inactive', hasSnapshots: true }, [home], /has snapshots/],
    ['of one that crashed', 'resume', { state: 'paused', reason: 'crashed' }, [home], /crashed/],
    [
      'of one that a migration paused',
      'suspend',
      { state: 'paused', reason: 'migration' },
      [home],
      /paused by a migration/,
    ],
  ])('refuses %s: %s', (_what, verb, change, hosts, reason, code = 'refused-by-rule') => {
    const vm = web(change);
    expect(canUse(vm, verb, around(vm, hosts))).toEqual({
      allowed: false,
      reason: expect.stringMatching(reason),
      code,
    });
  });

  it('is not stopped by a silent host of which nothing says that it has the VM, or one that is declared dead', () => {
    const vm = web({ state: 'inactive' });
    expect(canUse(vm, 'start', around(vm, [home, { ...other, connection: silent }])).allowed).toBe(true);
    const moved = web({ state: 'inactive', reason: 'migrated' });
    const dead = { ...other, connection: silent, declaredDead: true };
    expect(canUse(moved, 'start', around(moved, [home, dead])).allowed).toBe(true);
  });

  it.each([
    ['web-02', /is called web-02 already/, 'already-exists'],
    ['web-01', /called so already/, 'refused-by-rule'],
    ['a/b', /slash/, 'input-unusable'],
    [' ', /needs a name/, 'input-unusable'],
    ['web ', /blank at its ends/, 'input-unusable'],
    ['.web', /full stop/, 'input-unusable'],
    ['w\neb', /one line/, 'input-unusable'],
    ['ü'.repeat(101), /at most 200 bytes/, 'input-unusable'],
  ])('gives no VM the name %j', (name, reason, code) => {
    const vm = web({ state: 'inactive' });
    const twin = someVm('web-02', other);
    const elsewhere = someVm('web-03', other, { clusterId: clusterId('another') });
    const surroundings = around(vm, [home, other], [twin, elsewhere]);
    expect(canAct(vm, { verb: 'rename', name }, surroundings)).toEqual({
      allowed: false,
      reason: expect.stringMatching(reason),
      code,
    });
    expect(canAct(vm, { verb: 'rename', name: 'web-03' }, surroundings)).toEqual({ allowed: true });
  });

  it('defines what is new in name and UUID, on a host that answers', () => {
    const known = someVm('web-01', home);
    const fresh = { name: 'web-09', uuid: 'fresh' };
    expect(canDefine(fresh, home, [known])).toEqual({ allowed: true });
    expect(canDefine({ ...fresh, uuid: 'WEB-01' }, home, [known])).toMatchObject({ code: 'already-exists' });
    expect(canDefine({ ...fresh, name: 'web-01' }, home, [known])).toMatchObject({ code: 'already-exists' });
    expect(canDefine(fresh, { ...home, connection: silent }, [])).toMatchObject({ allowed: false });
  });
});
