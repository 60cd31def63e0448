import { describe, expect, it } from 'vitest';
import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { someHost, someVm } from '../testing/nouns.ts';
import { canResume } from './canResume.ts';

const home = someHost('server-a');
const other = someHost('server-b');
const paused = (changes: Partial<Vm> = {}): Vm =>
  someVm('web-01', home, { state: 'paused', reason: 'user', ...changes });

describe('whether a paused VM may be resumed', () => {
  it('allows one that a person paused, whoever answers', () => {
    expect(canResume(paused(), home, [other], [])).toEqual({ allowed: true });
  });

  it.each(['migration', 'post-copy', 'post-copy-failed'] as const)(
    'asks every other host first when %s paused it',
    (reason) => {
      const vm = paused({ reason });
      expect(canResume(vm, home, [other], [])).toMatchObject({
        allowed: false,
        reason: expect.stringMatching(/may run on server-b, which has not been asked/),
      });
      expect(canResume(vm, home, [other], [other.id])).toEqual({ allowed: true });
      const dead: Host = { ...other, declaredDead: true };
      expect(canResume(vm, home, [dead], [])).toEqual({ allowed: true });
    },
  );

  it('never allows a second running copy', () => {
    const vm = paused({ copies: [{ hostId: other.id, role: 'orphan', state: 'active', reason: 'booted' }] });
    expect(canResume(vm, home, [other], [other.id])).toMatchObject({ allowed: false });
  });

  it('refuses one that is not paused', () => {
    expect(canResume(someVm('web-01', home), home, [], [])).toMatchObject({
      reason: 'web-01 is active, not paused.',
    });
  });
});
