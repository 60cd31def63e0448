import { describe, expect, it } from 'vitest';
import type { Host } from '#shared/model/host.ts';
import type { Task } from '#shared/model/task.ts';
import { fakeHosts, fakeVms, serverB, vmNamed } from '../../testing/fakeCluster.ts';
import { failedTask, fakePlan } from '../../testing/fakeTasks.ts';
import { attentionItems } from './attention.ts';

const now = 1_800_000_000_000;
const hosts = fakeHosts(now);
const [a, b] = hosts;
if (a === undefined || b === undefined) throw new Error('two hosts are needed');
const vm = vmNamed(fakeVms, 'web-03');
const failed = failedTask(
  now,
  fakePlan(vm, a, b, { copyStorage: false, autoConverge: false, postCopy: false }, []),
);
const whats = (hosts: readonly Host[], tasks: readonly Task[]) =>
  attentionItems(hosts, fakeVms, tasks, now).map((item) => item.what);

describe('what needs attention', () => {
  it('is nothing while all is well; a VM paused by an operator is well', () => {
    expect(attentionItems(hosts, fakeVms, [], now)).toEqual([]);
  });

  it('is a host that does not answer, unless it was declared dead', () => {
    const error = { code: 'host-unreachable', message: 'Connect to server-b: no route to host.' } as const;
    const lost: Host = { ...b, connection: { state: 'unreachable', since: now, retryAt: now, error } };
    expect(attentionItems([lost], [], [], now)).toMatchObject([
      { what: 'server-b does not answer', why: error.message, verb: { kind: 'reconnect' } },
    ]);
    expect(whats([{ ...lost, declaredDead: true }], [])).toEqual([]);
  });

  it('is a VM that a migration left paused, and one that runs twice', () => {
    const left = { ...vm, state: 'paused', reason: 'migration' } as const;
    expect(attentionItems(hosts, [left], [], now)).toMatchObject([
      { what: 'web-03 is paused', verb: { kind: 'open-vm' } },
    ]);
    const twice = {
      ...vm,
      copies: [{ hostId: serverB, role: 'orphan', state: 'active', reason: 'booted' }],
    } as const;
    expect(attentionItems(hosts, [twice], [], now)).toMatchObject([
      { what: 'web-03 runs twice', why: 'A second copy runs on server-b; both write to the same disks.' },
    ]);
  });

  it('has the verb that its state leaves: start what crashed, resume what a disk stopped', () => {
    const stopped = { ...vm, state: 'paused', reason: 'io-error' } as const;
    expect(attentionItems(hosts, [stopped], [], now)).toMatchObject([
      { verb: { kind: 'order-vm', order: 'resume', vm: stopped } },
    ]);
    const crashed = { ...vm, state: 'inactive', reason: 'crashed' } as const;
    expect(attentionItems(hosts, [crashed], [], now)).toMatchObject([
      { verb: { kind: 'order-vm', order: 'start', vm: crashed } },
    ]);
    expect(attentionItems(hosts, [{ ...crashed, current: false }], [], now)).toMatchObject([
      { verb: { kind: 'open-vm' } },
    ]);
  });

  it('is a failed task for a day, or until the same went well', () => {
    expect(attentionItems(hosts, [], [failed], now)).toMatchObject([
      { why: failed.error?.next, verb: { kind: 'open-task' } },
    ]);
    expect(attentionItems(hosts, [], [failed], now + 25 * 3_600_000)).toEqual([]);
    const { error: _, ...rest } = failed;
    expect(whats(hosts, [failed, { ...rest, state: 'succeeded', createdAt: now }])).toEqual([]);
  });

  it('puts what is undecided first', () => {
    const error = { code: 'host-unreachable', message: 'no route' } as const;
    const lost: Host = { ...b, connection: { state: 'unreachable', since: now, retryAt: now, error } };
    expect(whats([lost], [{ ...failed, state: 'undecided' }])).toEqual([
      `${failed.title}: undecided`,
      'server-b does not answer',
    ]);
  });
});
