import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '#shared/model/history.ts';
import type { Host } from '#shared/model/host.ts';
import { taskId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { someCluster, someHost, someVm } from '#shared/testing/nouns.ts';
import { watchClusterEvents } from './clusterEvents.ts';

const [a, b] = [someHost('server-a'), someHost('server-b')];
const web = someVm('web', a);
const unreachable: Host['connection'] = {
  state: 'unreachable',
  since: 0,
  retryAt: 0,
  error: { code: 'host-unreachable', message: 'no route' },
};

function watch() {
  const kept: ClusterEvent[] = [];
  const patched = new Set<(patches: readonly LivePatch[]) => void>();
  const ran = new Set<(task: Task) => void>();
  const hold = <T>(listeners: Set<T>, listener: T) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  let now = 100;
  const end = watchClusterEvents({
    inventory: {
      subscribe: (listener) => hold(patched, listener),
      host: (id) => [a, b].find((host) => host.id === id),
      vm: () => web,
    },
    runner: { subscribe: (listener) => hold(ran, listener) },
    now: () => now++,
    keep: (event, cluster) => {
      expect(cluster).toBe(someCluster);
      kept.push(event);
    },
  });
  const tell = (...patches: readonly LivePatch[]) => {
    for (const listener of patched) listener(patches);
  };
  return {
    kept,
    texts: () => kept.map(({ text }) => text),
    vm: (...values: readonly Vm[]) => tell(...values.map((value) => ({ kind: 'vm' as const, value }))),
    host: (...values: readonly Host[]) => tell(...values.map((value) => ({ kind: 'host' as const, value }))),
    task: (task: Partial<Task>) => {
      const whole = {
        id: taskId('t1'),
        title: 'Migrate web',
        subject: { vmId: web.id, hostIds: [a.id] },
        ...task,
      };
      for (const listener of ran) listener(whole as Task);
    },
    end,
    listeners: () => patched.size + ran.size,
  };
}

describe('events of a cluster', () => {
  it('are what VMs do, whoever did it, by the cluster’s clock; how they were found is none', () => {
    const seen = watch();
    seen.vm(web);
    seen.vm({ ...web, state: 'paused', reason: 'user' });
    seen.vm({ ...web });
    seen.vm({ ...web, hostId: b.id });
    seen.vm({ ...web, hostId: b.id, state: 'suspended', reason: 'saving' });
    seen.vm({ ...web, hostId: b.id });
    seen.vm({ ...web, hostId: b.id, state: 'inactive', reason: 'shutdown' });
    expect(seen.texts()).toEqual([
      'web was paused on server-a',
      'web resumed on server-a',
      'web moved from server-a to server-b',
      'web was suspended on server-b',
      'web started on server-b',
      'web stopped on server-b',
    ]);
    expect(seen.kept[2]).toEqual({
      at: 102,
      kind: 'vm-moved',
      text: 'web moved from server-a to server-b',
      hostIds: [a.id, b.id],
      vmId: web.id,
    });
  });

  it('tell nothing of what is only last known', () => {
    const seen = watch();
    seen.vm(web);
    seen.vm({ ...web, current: false, state: 'unknown', reason: 'unspecified' });
    expect(seen.kept).toEqual([]);
  });

  it('tell a host that is lost and that answers again, not its first connection', () => {
    const seen = watch();
    seen.host({ ...a, connection: { state: 'connecting', since: 0 } });
    seen.host(a);
    seen.host({ ...a, connection: unreachable });
    seen.host({ ...a, connection: { state: 'connecting', since: 0 } });
    seen.host(a);
    expect(seen.texts()).toEqual(['server-a was lost', 'server-a answers again']);
  });

  it('tell once how a task ended that was seen under way', () => {
    const seen = watch();
    seen.task({ state: 'succeeded' });
    seen.task({ state: 'running' });
    seen.task({ state: 'failed' });
    seen.task({ state: 'failed' });
    expect(seen.kept).toMatchObject([{ kind: 'task-failed', text: 'Migrate web: failed', taskId: 't1' }]);
  });

  it('leave no listener behind', () => {
    const seen = watch();
    seen.end();
    expect(seen.listeners()).toBe(0);
  });
});
