import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import type { MigrationRequest } from '#shared/model/migration.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { type Backend, startBackend } from '../backend.ts';
import { type Clock, wallClock } from '../clock/clock.ts';
import { FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
/** Twenty times as fast: what is waited for is a host that stays silent. */
const fastClock: Clock = {
  now: wallClock.now,
  elapsed: () => wallClock.elapsed() * 20,
  after: (milliseconds, callback) => wallClock.after(milliseconds / 20, callback),
};
const patience = { timeout: 15_000, interval: 10 };

describe('a migration whose destination falls silent before the end', () => {
  let dataFolder: string;
  let backend: Backend;
  let hosts: FakeHosts;
  let client: DroverClient;

  const beta = () => hosts.host('ssh://root@beta');
  const alpha = () => hosts.host('ssh://root@alpha');

  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'drover-leftover-'));
    hosts = new FakeHosts();
    hosts.clock = fastClock;
    await start();
    alpha().put(fakeDomain(uuid, 'web-01'));
    for (const name of ['alpha', 'beta', 'gamma']) {
      await client.hosts.add({ address: `ssh://root@${name}`, clusterName: 'lab', credentials: {} });
    }
  });

  afterEach(async () => {
    await backend.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    backend = await startBackend({
      dataFolder,
      mode: 'command',
      clock: fastClock,
      openDriver: hosts.openDriver,
      onPhase(phase, moment) {
        if (phase !== 'perform' || moment !== 'before') return;
        beta().setLink({
          state: 'unreachable',
          retryAt: 0,
          error: { code: 'host-unreachable', message: 'no answer' },
        });
        throw new Error('cut');
      },
    });
    client = backend.client({ who: 'tester@here', via: 'command' });
  }

  async function request(to: string): Promise<MigrationRequest> {
    const ready = await expect
      .poll(async () => (await client.live.snapshot()).vms[0]?.state, patience)
      .toBe('active')
      .then(() => client.live.snapshot());
    const toHostId = ready.hosts.find((host) => host.name === to)?.id;
    const vmId = ready.vms[0]?.id;
    if (toHostId === undefined || vmId === undefined) throw new Error('no VM or no host');
    return { vmId, toHostId, options: migrationOptionsSchema.parse({}) };
  }

  async function failOnce(): Promise<{ readonly failed: Task; readonly leftover: Task }> {
    const { taskId } = await client.migrations.start({ request: await request('beta') });
    await expect.poll(async () => hasEnded((await client.tasks.get({ taskId })).state), patience).toBe(true);
    const failed = await client.tasks.get({ taskId });
    const leftover = (await client.tasks.list({ limit: 10 })).find((task) => task.id !== taskId);
    if (leftover === undefined) throw new Error('no later task');
    return { failed, leftover };
  }

  const stateOf = async (task: Task) => (await client.tasks.get({ taskId: task.id })).state;

  it('says that a copy may wait there, and ends it once the host answers', async () => {
    const { failed, leftover } = await failOnce();
    expect(failed).toMatchObject({
      state: 'failed',
      outcome:
        'web-01 runs on alpha; it was not moved. beta does not answer: a copy of web-01 that has never run may wait there. Drover ends it when beta answers.',
    });
    expect(leftover).toMatchObject({ requestedBy: { via: 'drover', why: failed.title } });
    await expect.poll(() => stateOf(leftover), patience).toBe('undecided');
    expect(beta().domains.get(uuid)).toMatchObject({ state: 'paused' });
    beta().setLink({ state: 'connected' });
    await expect.poll(() => stateOf(leftover), patience).toBe('succeeded');
    expect(await client.tasks.get({ taskId: leftover.id })).toMatchObject({
      outcome: 'The copy of web-01 that waited on beta was ended; it had never run.',
    });
    expect(beta().domains.get(uuid)?.state).not.toBe('paused');
    expect(alpha().domains.get(uuid)?.state).toBe('active');
  });

  it('leaves the VM free to go elsewhere, but not to that host', async () => {
    const { leftover } = await failOnce();
    await expect.poll(() => stateOf(leftover), patience).toBe('undecided');
    expect((await client.migrations.plan(await request('gamma'))).steps).toHaveLength(6);
    const plan = await client.migrations.plan(await request('beta')).catch(toDroverError);
    expect(plan).toMatchObject({ code: 'refused-by-rule' });
  });

  it('never touches what runs there when the host is back', async () => {
    const { leftover } = await failOnce();
    beta().domains.set(uuid, fakeDomain(uuid, 'web-01', { reason: 'migrated' }));
    beta().setLink({ state: 'connected' });
    await expect.poll(() => stateOf(leftover), patience).toBe('succeeded');
    expect((await client.tasks.get({ taskId: leftover.id })).outcome).toMatch(/has not touched it/);
    expect(beta().domains.get(uuid)?.state).toBe('active');
  });

  it('is remembered by the next Drover, once and not twice', async () => {
    const { leftover } = await failOnce();
    await expect.poll(() => stateOf(leftover), patience).toBe('undecided');
    await backend.stop();
    await start();
    await expect.poll(() => stateOf(leftover), patience).toBe('undecided');
    beta().setLink({ state: 'connected' });
    await expect.poll(() => stateOf(leftover), patience).toBe('succeeded');
    expect(await client.tasks.list({ limit: 10 })).toHaveLength(2);
  });

  it('is over where the operator says that the host is dead', async () => {
    const { leftover } = await failOnce();
    await expect.poll(() => stateOf(leftover), patience).toBe('undecided');
    const host = (await client.live.snapshot()).hosts.find(({ name }) => name === 'beta');
    if (host === undefined) throw new Error('no host');
    await client.hosts.declareDead({ hostId: host.id, dead: true });
    await expect.poll(() => stateOf(leftover), patience).toBe('succeeded');
  });
});
