import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import {
  clusterNow,
  ended,
  isAlive,
  SimulatedConsole,
  signal,
  startMove,
  testWorldProgram,
  until,
  untilConnected,
  untilState,
  untilTask,
} from './testing/simulatedConsole.ts';

describe('a simulated world that is lost', { timeout: 240_000 }, () => {
  let console_: SimulatedConsole;
  let client: DroverClient;
  beforeEach(async () => {
    console_ = new SimulatedConsole();
    client = await console_.start({ worldProgram: { ...testWorldProgram(), hangsAfterMs: 1500 } });
    await client.clusters.addSimulated({ scenario: 'two-servers' });
    await untilConnected(client);
  });
  afterEach(() => console_.end(), 60_000);

  const lost = (words: string) =>
    untilState(client, `both hosts say: ${words}`, ({ hosts }) =>
      hosts.every(
        ({ connection }) =>
          connection.state === 'unreachable' &&
          connection.error.code === 'world-stopped' &&
          connection.error.message.includes(words),
      ),
    );

  it('killed: says that it has ended, and goes on when it is started again', async () => {
    const { pid } = console_.world();
    const { id: clusterId } = await clusterNow(client);
    signal(pid, 'SIGKILL');
    await lost('its process');
    expect((await clusterNow(client)).simulation).toMatchObject({
      standing: 'lost',
      error: { code: 'world-stopped', next: expect.stringContaining('drover cluster revive') },
    });
    await client.clusters.revive({ clusterId });
    const { vms } = await untilConnected(client);
    expect(vms).toHaveLength(6);
    expect(console_.world().pid).not.toBe(pid);
  });

  it('stopped: says that it does not answer, and goes on by itself once it does', async () => {
    const { pid } = console_.world();
    signal(pid, 'SIGSTOP');
    await lost(`process (${pid}) does not answer`);
    signal(pid, 'SIGCONT');
    await untilConnected(client);
    expect(console_.world().pid).toBe(pid);
  });

  it('stopped for good: reviving ends that process and starts another', async () => {
    const { pid } = console_.world();
    signal(pid, 'SIGSTOP');
    await lost('does not answer');
    await client.clusters.revive({ clusterId: (await clusterNow(client)).id });
    await untilConnected(client);
    expect(console_.world().pid).not.toBe(pid);
  });

  it('in the middle of a migration: the task says what it waits for, and comes to its end afterwards', async () => {
    const taskId = await startMove(client, 'cache-01', 'server-b');
    await untilTask(
      client,
      taskId,
      'memory is being sent',
      (task) => (task.progress?.migration?.memorySentBytes ?? 0) > 1e8,
    );
    signal(console_.world().pid, 'SIGKILL');
    const told = await untilTask(client, taskId, 'undecided', (task) => task.state === 'undecided');
    expect(told.outcome).toContain('server-a');
    await client.clusters.revive({ clusterId: (await clusterNow(client)).id });
    const task = await untilTask(client, taskId, 'the task ends', ended);
    expect(task.state).toBe('failed');
    const { vms } = await untilConnected(client);
    const moved = vms.filter(({ name }) => name === 'cache-01');
    expect(moved).toHaveLength(1);
    expect(moved[0]).toMatchObject({ state: 'active', copies: [] });
  });

  it('is found again, or started again, when Drover starts', async () => {
    const { pid } = console_.world();
    await client.clusters.setClock({ clusterId: (await clusterNow(client)).id, rate: 60 });
    await console_.stop();
    client = await console_.start();
    await untilConnected(client);
    expect(console_.world().pid).toBe(pid);
    await console_.stop();
    const statePath = join(console_.folder(), 'state.json');
    await until('it has written its speed down', async () =>
      readFileSync(statePath, 'utf8').includes('"rate":60') ? true : undefined,
    );
    signal(pid, 'SIGKILL');
    client = await console_.start();
    const state = await untilConnected(client);
    expect([state.vms.length, console_.world().pid === pid]).toEqual([6, false]);
    await untilState(client, 'it goes on at the speed that it had', ({ clusters }) =>
      clusters.some((cluster) => cluster.simulation?.status?.clock.chosenRate === 60),
    );
  });

  it('two consoles see each other through it', async () => {
    const other = new SimulatedConsole();
    try {
      const second = await other.start();
      await second.clusters.addSimulated({ scenario: 'joined', folder: console_.folder(), name: 'Theirs' });
      await untilConnected(second);
      await untilState(client, 'two consoles', ({ clusters }) =>
        clusters.some((cluster) => cluster.simulation?.status?.consoles === 2),
      );
      const taskId = await startMove(client, 'web-01', 'server-b');
      await untilTask(client, taskId, 'the migration ends', ended);
      await untilState(second, 'the other sees it there', ({ vms, hosts }) =>
        vms.some(
          ({ name, hostId, state }) =>
            name === 'web-01' &&
            state === 'active' &&
            hosts.find(({ id }) => id === hostId)?.name === 'server-b',
        ),
      );
      const known = await second.clusters
        .addSimulated({ scenario: 'joined', folder: console_.folder() })
        .catch((thrown: unknown) => toDroverError(thrown));
      expect(known).toMatchObject({
        code: 'already-exists',
        message: expect.stringContaining('that world is here already, as Theirs'),
      });

      // Started again by both in the same moment it is still one.
      signal(console_.world().pid, 'SIGKILL');
      await Promise.all([client, second].map(untilLost));
      const revived = [client, second].map(async (each) => {
        await each.clusters.revive({ clusterId: (await clusterNow(each)).id });
        await untilState(each, 'two consoles again', ({ clusters }) =>
          clusters.some((cluster) => cluster.simulation?.status?.consoles === 2),
        );
        return await untilConnected(each);
      });
      for (const { vms } of await Promise.all(revived)) expect(vms).toHaveLength(6);

      // Leaving a joined world leaves it running.
      await second.clusters.remove({ clusterId: (await clusterNow(second)).id });
      await untilState(client, 'one console', ({ clusters }) =>
        clusters.some((cluster) => cluster.simulation?.status?.consoles === 1),
      );
      await untilConnected(client);

      await client.clusters.setClock({ clusterId: (await clusterNow(client)).id, rate: 10 });
      const { pid } = console_.world();
      await console_.stop();
      signal(pid, 'SIGTERM');
      await until('the world has ended', async () => (isAlive(pid) ? undefined : true));
      // One that is only kept is started again for who joins it.
      const again = await second.clusters.addSimulated({ scenario: 'joined', folder: console_.folder() });
      expect(again).toMatchObject({
        name: 'Two servers',
        simulation: { standing: 'running', status: { clock: { chosenRate: 10 } } },
      });
      expect(console_.world().pid).not.toBe(pid);
    } finally {
      await other.end();
    }
  });

  it('outlives a Drover that is killed in the middle of a migration, and the next one settles it', async () => {
    const { vms, hosts } = await untilConnected(client);
    const vm = vms.find(({ name }) => name === 'web-01');
    const to = hosts.find(({ name }) => name === 'server-b');
    await console_.stop();
    const input = {
      dataFolder: console_.dataFolder,
      request: {
        vmId: vm?.id,
        toHostId: to?.id,
        options: { copyStorage: false, autoConverge: false, postCopy: false },
      },
      phase: 'pre-copy',
      moment: 'before',
    };
    const child = drover(JSON.stringify(input));
    await until('it is in the middle', async () => (child.said.includes('THERE') ? true : undefined));
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    client = await console_.start();
    const task = await until('the task ends', async () => {
      const [latest] = await client.tasks.list({ limit: 1 });
      return latest !== undefined && ended(latest) ? latest : undefined;
    });
    expect(task.outcome ?? task.error?.message).toContain('web-01');
    const after = (await untilConnected(client)).vms.filter(({ name }) => name === 'web-01');
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({ state: 'active', copies: [] });
  });
});

const untilLost = (client: DroverClient) =>
  untilState(client, 'its world is lost', ({ clusters }) =>
    clusters.some((cluster) => cluster.simulation?.standing === 'lost'),
  );

function drover(input: string): { readonly process: ChildProcess; readonly said: string } {
  const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'droverProcess.js');
  const child = spawn(process.execPath, [program, input], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    process: child,
    get said() {
      return said;
    },
  };
}
