import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import {
  clusterNow,
  ended,
  isAlive,
  SimulatedConsole,
  startMove,
  until,
  untilConnected,
  untilState,
  untilTask,
} from './testing/simulatedConsole.ts';

const refusal = async (asked: Promise<unknown>) =>
  await asked.then(
    () => undefined,
    (thrown: unknown) => toDroverError(thrown),
  );

describe('simulated clusters', { timeout: 240_000 }, () => {
  let console_: SimulatedConsole;
  let client: DroverClient;
  beforeEach(async () => {
    console_ = new SimulatedConsole();
    client = await console_.start();
  });
  afterEach(() => console_.end(), 60_000);

  it('comes with all its hosts and VMs, moves a guest in six steps, and goes with its world', async () => {
    const added = await client.clusters.addSimulated({ scenario: 'two-servers' });
    expect(added).toMatchObject({
      name: 'Two servers',
      simulated: true,
      simulation: {
        scenario: 'two-servers',
        story: expect.stringContaining('Move one while it runs'),
        seed: 1,
        standing: 'running',
      },
    });
    const state = await untilConnected(client);
    expect(state.hosts.map(({ name, address }) => [name, address])).toEqual([
      ['server-a', 'sim://two-servers/server-a'],
      ['server-b', 'sim://two-servers/server-b'],
    ]);
    expect(state.vms).toHaveLength(6);
    expect(state.vms.every((vm) => vm.guestSystem !== undefined)).toBe(true);

    const taskId = await startMove(client, 'web-01', 'server-b');
    const task = await untilTask(client, taskId, 'the migration ends', ended);
    expect(task.error).toBeUndefined();
    expect(task.migration?.steps).toHaveLength(6);
    expect(task.migration?.memoryBytes).toBeGreaterThan(100_000_000);
    const moved = (await client.live.snapshot()).vms.find(({ name }) => name === 'web-01');
    expect(moved).toMatchObject({ state: 'active', reason: 'migrated', copies: [] });

    const { pid } = console_.world();
    await client.clusters.remove({ clusterId: added.id });
    const after = await client.live.snapshot();
    expect([after.clusters, after.hosts, after.vms]).toEqual([[], [], []]);
    await until('the process is gone', async () => (isAlive(pid) ? undefined : true));
    expect(existsSync(console_.folder())).toBe(false);
  });

  it('says why not, and leaves nothing behind', async () => {
    expect(await refusal(client.clusters.addSimulated({ scenario: 'three-servers' }))).toMatchObject({
      code: 'scenario-unknown',
      message: expect.stringContaining('two-servers (Two servers)'),
    });
    expect(
      await refusal(client.clusters.addSimulated({ scenario: 'joined', folder: console_.dataFolder })),
    ).toMatchObject({ code: 'world-unusable', message: expect.stringContaining('no simulated world runs') });
    const add = (address: string, clusterName: string) =>
      refusal(client.hosts.add({ address, clusterName, credentials: {} }));
    expect(await add('sim://two-servers/server-a', 'x')).toMatchObject({
      code: 'refused-by-rule',
      message: expect.stringContaining('drover cluster add sim:two-servers'),
    });
    expect((await client.live.snapshot()).clusters).toEqual([]);

    const both = await Promise.all([
      client.clusters.addSimulated({ scenario: 'two-servers' }),
      refusal(client.clusters.addSimulated({ scenario: 'two-servers' })),
      client.clusters.addSimulated({ scenario: 'two-servers', name: 'Class A', seed: 7 }),
    ]);
    expect(both[1]).toMatchObject({ code: 'already-exists' });
    expect(both[2]).toMatchObject({ name: 'Class A', simulation: { seed: 7 } });
    expect(console_.world('class-a').pid).not.toBe(console_.world().pid);
    expect(await add('ssh://root@nowhere', 'Two servers')).toMatchObject({ code: 'refused-by-rule' });
    const { hosts } = await untilConnected(client);
    expect(hosts).toHaveLength(4);
    const [first] = hosts;
    if (first === undefined) throw new Error('no host');
    expect(await refusal(client.hosts.remove({ hostId: first.id }))).toMatchObject({
      code: 'refused-by-rule',
      message: expect.stringContaining('drover cluster remove'),
    });
  });

  it('keeps its own time: fast, standing, stepped, and in the measurements', async () => {
    const { id: clusterId } = await client.clusters.addSimulated({ scenario: 'two-servers' });
    await untilConnected(client);
    await client.clusters.setClock({ clusterId, rate: 600 });
    const heard: number[] = [];
    const over = new AbortController();
    for await (const { hosts } of await client.live.samples(undefined, { signal: over.signal })) {
      expect(new Set(hosts.hostIds).size).toBe(hosts.hostIds.length);
      heard.push(hosts.at);
      if (heard.length === 6) break;
    }
    over.abort();
    // Four sweeps a real second or fewer, each many simulated seconds after the one before.
    expect((heard.at(-1) ?? 0) - (heard.at(-4) ?? 0)).toBeGreaterThan(60_000);

    const taskId = await startMove(client, 'web-01', 'server-b');
    const task = await untilTask(client, taskId, 'the migration ends', ended);
    expect(task.error).toBeUndefined();
    // A console's own milliseconds are no part of it, however fast time runs.
    expect(task.migration?.downtimeMs).toBeLessThan(5000);

    await client.clusters.setClock({ clusterId, paused: true });
    const before = (await clusterNow(client)).simulation?.status?.clock;
    expect(before).toMatchObject({ paused: true, rate: 0, chosenRate: 600 });
    await client.clusters.step({ clusterId, milliseconds: 600_000 });
    const after = (await clusterNow(client)).simulation?.status?.clock;
    expect((after?.at ?? 0) - (before?.at ?? 0)).toBeCloseTo(600_000, -2);
  });

  it('pauses in the middle of a migration, and goes on at another rate', async () => {
    const { id: clusterId } = await client.clusters.addSimulated({ scenario: 'two-servers' });
    const taskId = await startMove(client, 'cache-01', 'server-b');
    const sent = async () => (await client.tasks.get({ taskId })).progress?.migration?.memorySentBytes ?? 0;
    await until('memory is being sent', async () => ((await sent()) > 1e9 ? true : undefined));
    await client.clusters.setClock({ clusterId, paused: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stood = await sent();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await sent()).toBe(stood);
    await client.clusters.setClock({ clusterId, paused: false, rate: 60 });
    const task = await untilTask(client, taskId, 'the migration ends', ended);
    expect(task.error).toBeUndefined();
    // Told in the cluster's time, in which the pause was none.
    expect(task.migration?.totalMs).toBeLessThan(120_000);
    expect(task.migration?.downtimeMs).toBeLessThan(5000);
  });

  it('breaks and mends on demand, which the driver sees as of a real host', async () => {
    const { id: clusterId } = await client.clusters.addSimulated({ scenario: 'two-servers' });
    await untilConnected(client);
    await client.clusters.setClock({ clusterId, rate: 60 });
    await client.clusters.fault({ clusterId, fault: { kind: 'power-off', host: 'server-b' } });
    const gone = await untilState(client, 'server-b is unreachable', ({ hosts }) =>
      hosts.some(({ name, connection }) => name === 'server-b' && connection.state === 'unreachable'),
    );
    const dead = gone.hosts.find(({ name }) => name === 'server-b');
    expect(gone.vms.filter((vm) => vm.hostId === dead?.id).every((vm) => !vm.current)).toBe(true);
    expect(gone.hosts.find(({ name }) => name === 'server-a')?.connection.state).toBe('connected');
    await client.clusters.fault({ clusterId, fault: { kind: 'power-on', host: 'server-b' } });
    await untilConnected(client);
  });
});
