import { describe, expect, it } from 'vitest';
import { vmVerbs } from '../model/vmAction.ts';
import { someHost, someOptions, someVm } from '../testing/nouns.ts';
import { canUse } from './canAct.ts';
import { canMigrate } from './canMigrate.ts';
import { surroundingsOf } from './surroundings.ts';

const starting = someHost('server-a', { connection: { state: 'connecting', since: 0 }, lastSeenAt: 1 });
const connected = someHost('server-a');
const other = someHost('server-b');

describe('what is only last known', () => {
  it.each([
    [
      'its host has not been heard from since the start',
      starting,
      /has not been heard from yet.*Wait until server-a answers/,
    ],
    ['its host is connected and still being asked', connected, /is being asked how web-01 is now/],
  ])('is offered for no verb while %s', (_what, home, reason) => {
    for (const state of ['inactive', 'active', 'paused', 'suspended'] as const) {
      const vm = someVm('web-01', home, { state, current: false });
      const around = surroundingsOf(vm, { hosts: [home, other], vms: [vm] });
      if (around === undefined) throw new Error('the VM has no home');
      const refusal = { allowed: false, reason: expect.stringMatching(reason) };
      for (const verb of vmVerbs) expect(canUse(vm, verb, around)).toMatchObject(refusal);
      expect(canMigrate(vm, home, other, someOptions(), 0)).toMatchObject(refusal);
    }
  });
});
