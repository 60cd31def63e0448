import { describe, expect, it } from 'vitest';
import { taskId } from '#shared/model/ids.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { consoleTarget, isSameTarget } from './target.ts';

const alpha = someHost('alpha');
const beta = someHost('beta');
const hosts = [alpha, beta];
const incoming = {
  hostId: beta.id,
  role: 'incoming' as const,
  state: 'paused' as const,
  reason: 'migration' as const,
};

describe('where the console of a VM is', () => {
  it('is on the host that runs it, paused or not', () => {
    for (const state of ['active', 'paused'] as const) {
      const vm = someVm('web-01', alpha, { state });
      expect(consoleTarget(vm, hosts)).toEqual({ kind: 'on', hostId: alpha.id, hostName: 'alpha' });
    }
  });

  it.each(['inactive', 'suspended'] as const)('waits for a VM that is %s', (state) => {
    expect(consoleTarget(someVm('web-01', alpha, { state }), hosts)).toEqual({ kind: 'off', vmState: state });
  });

  it('is away with its host, for the reason that the host gives', () => {
    const error = { code: 'host-unreachable', message: 'it is off' } as const;
    const away = someHost('alpha', { connection: { state: 'unreachable', since: 0, retryAt: 1, error } });
    expect(consoleTarget(someVm('web-01', away), [away])).toEqual({ kind: 'away', error });
    const connecting = someHost('alpha', { connection: { state: 'connecting', since: 0 } });
    expect(consoleTarget(someVm('web-01', connecting), [connecting])).toMatchObject({
      kind: 'away',
      error: { message: expect.stringContaining('web-01') },
    });
  });

  it('is gone with the VM', () => {
    expect(consoleTarget(undefined, hosts)).toEqual({ kind: 'gone' });
  });

  it('tells where it is moving, by the task or by the copy that another has begun', () => {
    const ours = someVm('web-01', alpha, { heldBy: taskId('task-1'), copies: [incoming] });
    expect(consoleTarget(ours, hosts, beta.id)).toMatchObject({ movingTo: 'beta' });
    const theirs = someVm('web-01', alpha, { copies: [incoming] });
    expect(consoleTarget(theirs, hosts)).toMatchObject({ movingTo: 'beta' });
  });

  it('has arrived when it runs at the destination, whatever the source still shows', () => {
    const copies = [{ ...incoming, hostId: alpha.id }];
    const vm = someVm('web-01', beta, { heldBy: taskId('task-1'), copies });
    const target = consoleTarget(vm, hosts, beta.id);
    expect(target).toEqual({ kind: 'on', hostId: beta.id, hostName: 'beta' });
    expect(isSameTarget(target, { kind: 'on', hostId: beta.id, hostName: 'beta', movingTo: 'x' })).toBe(true);
    expect(isSameTarget(target, consoleTarget(someVm('web-01', alpha), hosts))).toBe(false);
  });
});
