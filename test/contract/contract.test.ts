import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { hostId, type VmId, vmIdSchema } from '#shared/model/ids.ts';
import type { LiveMessage } from '#shared/model/live.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { type Backend, startBackend } from '../../electron/backend/backend.ts';
import { FakeHosts, fakeDomain } from '../../electron/backend/drivers/testing/fakeHosts.ts';
import { TaskRunner } from '../../electron/backend/tasks/runner.ts';
import { openSession } from '../../renderer/transport/session.ts';
import { systemTimers } from '../../renderer/transport/timers.ts';
import type { Wire } from '../../renderer/transport/wire.ts';
import { type Connected, transports } from './transports.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
const addressA = 'ssh://root@alpha';
const addressB = 'ssh://root@beta';

/** Streams of tasks that the backend feeds: one for each client that watches live state. */
function countWatchers() {
  const watchers = { now: 0, most: 0 };
  const { subscribe } = TaskRunner.prototype;
  vi.spyOn(TaskRunner.prototype, 'subscribe').mockImplementation(function (this: TaskRunner, listener) {
    const end = subscribe.call(this, listener);
    watchers.now += 1;
    watchers.most = Math.max(watchers.most, watchers.now);
    return () => {
      watchers.now -= 1;
      end();
    };
  });
  return watchers;
}

/** The wire, on which the next message of live state after `next` is set is lost. */
function losing(wire: Wire, loss: { next: boolean; lost: number }): Wire {
  async function* without(messages: AsyncIterable<unknown>) {
    for await (const message of messages) {
      if (loss.next) {
        loss.next = false;
        loss.lost += 1;
      } else yield message;
    }
  }
  return {
    retryNow: () => wire.retryNow(),
    start: (tell) =>
      wire.start((event) => {
        if (event.kind !== 'open') return tell(event);
        const { link } = event;
        tell({
          kind: 'open',
          link: {
            async call(path, input, options) {
              const output = await link.call(path, input, options);
              return path.join('.') === 'live.watch' && isStream(output) ? without(output) : output;
            },
          },
        });
      }),
  };
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

describe.each(Object.entries(transports))('the contract over %s', (name, connect) => {
  let dataFolder: string;
  let backend: Backend;
  let hosts: FakeHosts;
  let connected: Connected;
  let client: DroverClient;

  beforeEach(async () => {
    // A name that is a person's own: every character of it may mean something in an address.
    dataFolder = mkdtempSync(join(tmpdir(), 'drover contract #1: ä%20?-'));
    hosts = new FakeHosts();
    backend = await startBackend({ dataFolder, mode: 'server', openDriver: hosts.openDriver });
    connected = await connect(backend, dataFolder);
    client = connected.client;
  });

  afterEach(async () => {
    await connected.cut();
    await backend.stop();
    vi.restoreAllMocks();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function twoHosts(): Promise<VmId> {
    hosts.host(addressA).put(fakeDomain(uuid, 'web-01'));
    for (const address of [addressA, addressB]) {
      await client.hosts.add({ address, clusterName: 'lab', credentials: {} });
    }
    const message = await firstWith(
      (each) => each.vms.length > 0 && each.hosts.every((host) => host.capacity),
    );
    return message.vms[0]?.id ?? vmIdSchema.parse('none');
  }

  async function firstWith(test: (state: Awaited<ReturnType<DroverClient['live']['snapshot']>>) => unknown) {
    for (;;) {
      const state = await client.live.snapshot();
      if (test(state)) return state;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async function end(taskId: Task['id']): Promise<Task> {
    for (;;) {
      const task = await client.tasks.get({ taskId });
      if (hasEnded(task.state)) return task;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('answers', async () => {
    expect(await client.system.info()).toMatchObject({ dataFolder, pid: process.pid, mode: 'server' });
  });

  it('sends an expected failure as data with its code, whole in words', async () => {
    const error = await client.hosts.remove({ hostId: hostId('nobody') }).catch(toDroverError);
    expect(error).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no host has the id nobody'),
    });
  });

  it('names the fields of input that does not fit', async () => {
    const error = await client.tasks.list({ limit: 0 }).catch(toDroverError);
    expect(error).toMatchObject({ code: 'input-unusable', message: expect.stringContaining('limit') });
  });

  it('tells live state as a snapshot and then numbered patches', async () => {
    const stop = new AbortController();
    const messages: LiveMessage[] = [];
    const watching = (async () => {
      for await (const message of await client.live.watch(undefined, { signal: stop.signal })) {
        messages.push(message);
        const hasVm = messages.some(
          (each) => each.kind === 'patches' && each.patches.some((patch) => patch.kind === 'vm'),
        );
        if (hasVm) return;
      }
    })();
    while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await twoHosts();
    await watching;
    stop.abort();
    expect(messages[0]).toMatchObject({ kind: 'snapshot', sequence: 0 });
    expect(messages.map((message) => message.sequence)).toEqual(messages.map((_, index) => index));
  });

  it('is whole again for the page after a message was lost, and ends the stream that had the gap', async () => {
    const watchers = countWatchers();
    const vmId = await twoHosts();
    const loss = { next: false, lost: 0 };
    const session = openSession(losing(connected.wire, loss), systemTimers);
    const model = () => session.live.getState();
    try {
      await vi.waitFor(() => expect(model().vms.get(vmId)?.name).toBe('web-01'), { timeout: 10_000 });
      loss.next = true;
      hosts.host(addressA).put(fakeDomain(uuid, 'lost on the way'));
      await vi.waitFor(() => expect(loss.lost).toBe(1), { timeout: 10_000 });
      expect(model().vms.get(vmId)?.name).toBe('web-01');
      // What comes next shows the gap; what was lost is in the snapshot that is asked for then.
      const other = '99999999-2222-3333-4444-555555555555';
      hosts.host(addressB).put(fakeDomain(other, 'web-02'));
      const names = () => [...model().vms.values()].map((vm) => vm.name).toSorted();
      await vi.waitFor(() => expect(names()).toEqual(['lost on the way', 'web-02']), { timeout: 10_000 });
      expect(model().freshness).toBe('live');
      expect(session.connection.getState()).toEqual({ state: 'open' });
      expect(watchers.most).toBeGreaterThan(0);
      await vi.waitFor(() => expect(watchers.now).toBe(1), { timeout: 10_000 });
    } finally {
      session.stop();
    }
    await vi.waitFor(() => expect(watchers.now).toBe(0), { timeout: 10_000 });
  });

  it('migrates, and the task tells who asked and how it went', async () => {
    const vmId = await twoHosts();
    const [, to] = (await client.live.snapshot()).hosts;
    const request = {
      vmId,
      toHostId: to?.id ?? hostId('none'),
      options: migrationOptionsSchema.parse({}),
    };
    const destinations = await client.migrations.destinations({ vmId, options: request.options });
    expect(destinations).toEqual([{ hostId: request.toHostId, allowed: true }]);
    expect((await client.migrations.plan(request)).steps).toHaveLength(6);
    const { taskId } = await client.migrations.start({ request, idempotencyKey: 'the-same-twice' });
    expect(await client.migrations.start({ request, idempotencyKey: 'the-same-twice' })).toEqual({ taskId });
    const task = await end(taskId);
    expect(task).toMatchObject({ state: 'succeeded', outcome: 'web-01 moved from alpha to beta.' });
    expect(task.requestedBy.via).toBe(name === 'local socket' ? 'command' : 'browser');
    expect(task.migration?.steps.map((step) => step.step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(hosts.host(addressA).domains.size).toBe(0);
    expect(hosts.host(addressB).domains.get(uuid)?.state).toBe('active');
    const late = await client.tasks.cancel({ taskId }).catch(toDroverError);
    expect(late).toMatchObject({ code: 'cancel-refused' });
  });

  it('tells of one VM what it is, what it is made of, and what happened to it', async () => {
    const vmId = await twoHosts();
    const details = await client.vms.details({ vmId });
    expect(details.configuration).toContainEqual({ name: 'Memory', value: '64 MiB' });
    expect(details.disks).toEqual([]);
    expect(await client.vms.interfaces({ vmId })).toMatchObject({ interfaces: [] });
    for (const which of ['current', 'inactive'] as const)
      expect((await client.vms.xml({ vmId, which })).xml).toContain(uuid);
    const { taskId } = await client.vms.act({ vmId, action: { verb: 'pause' } });
    await end(taskId);
    hosts.host(addressA).drop(uuid);
    await firstWith((each) => each.vms.length === 0);
    const { entries, before } = await client.vms.history({ vmId });
    expect(before).toBeUndefined();
    expect(entries).toMatchObject([
      { kind: 'gone', from: { hostName: 'alpha', state: 'paused' } },
      {
        kind: 'task',
        task: { id: taskId, state: 'succeeded', requestedBy: { via: expect.any(String) } },
        changes: [{ from: { state: 'active' }, to: { state: 'paused', reason: 'user' } }],
      },
      { kind: 'seen', standing: { hostName: 'alpha', state: 'active' } },
    ]);
    const page = await client.vms.history({ vmId, limit: 1 });
    expect(page.entries).toMatchObject([{ kind: 'gone' }]);
    expect(page.before).toBe(page.entries[0]?.at);
    const error = await client.vms.details({ vmId }).catch(toDroverError);
    expect(error).toMatchObject({ code: 'not-found' });
  });

  it('streams measurements as columns', async () => {
    await twoHosts();
    const stop = new AbortController();
    for await (const samples of await client.live.samples(undefined, { signal: stop.signal })) {
      expect(samples.hosts.cpuShare).toHaveLength(samples.hosts.hostIds.length);
      expect(samples.vms.cpuShare).toHaveLength(samples.vms.vmIds.length);
      if (samples.vms.vmIds.length > 0) break;
    }
    stop.abort();
  });

  if (name === 'in-process') return;

  it('says that the connection broke, rather than waiting for ever', async () => {
    const watching = (async () => {
      for await (const message of await client.live.watch()) expect(message.kind).toBe('snapshot');
    })().then(
      () => 'ended',
      () => 'failed',
    );
    await client.system.info();
    await connected.cut();
    expect(['ended', 'failed']).toContain(await watching);
  });
});
