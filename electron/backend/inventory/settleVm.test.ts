import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterId, hostId, taskId } from '#shared/model/ids.ts';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { fakeDomain } from '../drivers/testing/fakeHosts.ts';
import { type Instance, settleVm } from './settleVm.ts';

const cluster = clusterId('c');
const task = taskId('t');
const uuid = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaaaa';

/** `a: paused/migration transient old` */
function instance(text: string): Instance {
  const [name = '', rest = ''] = text.split(': ');
  const [states = '', ...marks] = rest.split(' ');
  const [state = '', reason = 'unspecified'] = states.split('/');
  return {
    hostId: hostId(name),
    current: !marks.includes('old'),
    domain: fakeDomain(uuid, 'web', {
      state: state as VmState,
      reason: reason as VmStateReason,
      persistent: !marks.includes('transient'),
    }),
  };
}

function settled(instances: readonly string[], home?: string, heldBy = false): string {
  const vm = settleVm(
    cluster,
    instances.map(instance),
    home === undefined ? undefined : hostId(home),
    heldBy ? task : undefined,
  );
  if (vm === undefined) return 'gone';
  const copies = vm.copies.map((copy) => ` + ${copy.hostId} ${copy.role} ${copy.state}`).join('');
  return `${vm.hostId} ${vm.state}${vm.current ? '' : ' (last known)'}${copies}`;
}

describe('where a VM is at home', () => {
  const held = true;
  it.each<[string, readonly string[], string | undefined, boolean, string]>([
    ['known to nobody', [], undefined, false, 'gone'],
    ['on one host', ['a: active'], undefined, false, 'a active'],
    ['running beats paused', ['a: paused/user', 'b: active'], 'a', false, 'b active + a orphan paused'],
    ['paused beats saved', ['a: suspended', 'b: paused/user'], 'a', false, 'b paused + a stale suspended'],
    ['saved beats off', ['a: inactive', 'b: suspended'], 'a', false, 'b suspended + a stale inactive'],
    ['off twice: where it was', ['a: inactive', 'b: inactive'], 'b', false, 'b inactive + a stale inactive'],
    ['running twice', ['a: active', 'b: active'], 'a', false, 'a active + b orphan active'],
    // a migration by Drover, moment by moment
    ['prepared', ['a: active', 'b: paused/migration transient'], 'a', held, 'a active + b incoming paused'],
    [
      'starting there',
      ['a: active', 'b: paused/starting-up transient'],
      'a',
      held,
      'a active + b incoming paused',
    ],
    [
      'stopped on both',
      ['a: paused/migration', 'b: paused/migration transient'],
      'a',
      held,
      'a paused + b incoming paused',
    ],
    [
      'runs there',
      ['a: paused/migration', 'b: active/migrated transient'],
      'a',
      held,
      'b active + a incoming paused',
    ],
    ['left here', ['a: inactive/migrated', 'b: active/migrated'], 'b', held, 'b active + a stale inactive'],
    ['finished', ['b: active/migrated'], 'b', false, 'b active'],
    ['failed at the switch', ['a: paused/migration'], 'a', held, 'a paused'],
    // by somebody else
    ['arriving', ['a: active', 'b: paused/migration transient'], 'a', false, 'a active + b incoming paused'],
    [
      'stopped on both, seen anew',
      ['a: paused/migration transient', 'b: paused/migration'],
      undefined,
      false,
      'b paused + a incoming paused',
    ],
    ['left behind', ['a: paused/migration', 'b: active/migrated'], 'a', false, 'b active + a stale paused'],
    ['post-copy', ['a: paused/post-copy', 'b: active/post-copy'], 'a', held, 'b active + a orphan paused'],
    // hosts that do not answer
    ['its host is away', ['a: active old'], 'a', false, 'a active (last known)'],
    [
      'off elsewhere',
      ['a: active old', 'b: inactive'],
      'a',
      false,
      'a active (last known) + b stale inactive',
    ],
    ['restarted elsewhere', ['a: active old', 'b: active'], 'a', false, 'b active + a stale active'],
    [
      'arriving from one that is away',
      ['a: active old', 'b: paused/migration transient'],
      'a',
      held,
      'a active (last known) + b incoming paused',
    ],
    [
      'the destination is away',
      ['a: active', 'b: paused/migration transient old'],
      'a',
      held,
      'a active + b incoming paused',
    ],
    [
      'both away',
      ['a: inactive old', 'b: active old'],
      'b',
      false,
      'b active (last known) + a stale inactive',
    ],
  ])('%s', (_what, instances, home, heldBy, expected) => {
    expect(settled(instances, home, heldBy)).toBe(expected);
    expect(settled(instances.toReversed(), home, heldBy)).toBe(expected);
  });

  it('does not hang on the order in which hosts answer, and says each of them once', () => {
    const states = fc.constantFrom('active', 'paused/user', 'paused/migration', 'suspended', 'inactive');
    const marks = fc.constantFrom('', ' old', ' transient', ' transient old');
    const word = fc.tuple(states, marks).map(([state, mark]) => state + mark);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.boolean(), (words, heldBy) => {
        const instances = words.map((each, index) => `h${index}: ${each}`);
        const home = 'h0';
        const vm = settleVm(cluster, instances.map(instance), hostId(home), heldBy ? task : undefined);
        const reversed = settleVm(
          cluster,
          instances.toReversed().map(instance),
          hostId(home),
          heldBy ? task : undefined,
        );
        expect({ ...reversed, copies: [] }).toEqual({ ...vm, copies: [] });
        const hosts = [vm?.hostId, ...(vm?.copies ?? []).map((copy) => copy.hostId)];
        expect(new Set(hosts).size).toBe(words.length);
        // Never a copy that runs on a host that answers while the VM is said to be elsewhere and not running.
        const runs = words.some((each) => each === 'active' || each === 'active transient');
        if (runs) expect(vm?.state).toBe('active');
      }),
    );
  });
});
