import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import type { VmId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { type VmAction, vmActionSchema } from '#shared/model/vmAction.ts';
import { type Backend, startBackend } from '../backend.ts';
import type { DomainDescription } from '../drivers/drivers.ts';
import { type FakeHost, FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
type Asked = Partial<VmAction> & Pick<VmAction, 'verb'>;

describe('the verbs of a VM, through the one runner', () => {
  let dataFolder: string;
  let cloud: FakeHosts;
  let alpha: FakeHost;
  let beta: FakeHost;
  let backend: Backend;
  let client: DroverClient;
  let vmId: VmId;

  const start = async () => {
    backend = await startBackend({ dataFolder, mode: 'command', openDriver: cloud.openDriver });
    client = backend.client({ who: 'tester', via: 'command' });
  };
  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'drover-lifecycle-'));
    cloud = new FakeHosts();
    alpha = cloud.host('ssh://root@alpha');
    beta = cloud.host('ssh://root@beta');
    alpha.put(fakeDomain(uuid, 'web'));
    await start();
    for (const address of ['ssh://root@alpha', 'ssh://root@beta']) {
      await client.hosts.add({ address, clusterName: 'lab', credentials: {} });
    }
    vmId = (await vm()).id;
  });
  afterEach(async () => {
    await backend.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const vm = () =>
    until(async () => {
      const { vms, hosts } = await client.live.snapshot();
      const known = hosts.length === 2 && hosts.every((host) => host.capacity !== undefined);
      return known ? vms.find((each) => each.heldBy === undefined && each.current) : undefined;
    });
  const be = async (change: Partial<DomainDescription>) => {
    alpha.put(fakeDomain(uuid, 'web', change));
    await until(async () => ((await vm()).state === (change.state ?? 'active') ? true : undefined));
  };
  const begin = async (action: Asked) =>
    (await client.vms.act({ vmId, action: vmActionSchema.parse(action) })).taskId;
  const inState = (taskId: Task['id'], ...states: readonly Task['state'][]) =>
    until(async () => {
      const task = await client.tasks.get({ taskId });
      return states.includes(task.state) ? task : undefined;
    });
  const act = async (action: Asked) => inState(await begin(action), 'succeeded', 'failed', 'cancelled');

  it('walks the four states, and refuses by the rule what is no move', async () => {
    for (const [verb, state] of [
      ['pause', 'paused'],
      ['suspend', 'suspended'],
      ['restore', 'active'],
      ['suspend', 'suspended'],
      ['discard', 'inactive'],
      ['start', 'active'],
      ['shut-down', 'inactive'],
      ['start', 'active'],
      ['force-off', 'inactive'],
    ] as const) {
      expect(await act({ verb }), verb).toMatchObject({ state: 'succeeded', kind: verb });
      expect(alpha.domains.get(uuid)?.state).toBe(state);
    }
    const refused = await begin({ verb: 'pause' }).catch(toDroverError);
    expect(refused).toMatchObject({
      code: 'refused-by-rule',
      message: 'Pause web: web is inactive, so nothing of it executes. Start it first.',
    });
    expect(await act({ verb: 'rename', name: 'site' })).toMatchObject({ outcome: 'web is called site now.' });
    expect(await act({ verb: 'autostart', on: true })).toMatchObject({ state: 'succeeded' });
    expect(alpha.domains.get(uuid)).toMatchObject({ name: 'site', autostart: true });
    expect(await act({ verb: 'undefine' })).toMatchObject({ state: 'succeeded' });
    expect(alpha.domains.size).toBe(0);
  });

  it('is one task however often it is asked with one key', async () => {
    const action = vmActionSchema.parse({ verb: 'pause' });
    const one = await client.vms.act({ vmId, action, idempotencyKey: 'twice-the-same' });
    await inState(one.taskId, 'succeeded');
    expect(await client.vms.act({ vmId, action, idempotencyKey: 'twice-the-same' })).toEqual(one);
  });

  it('asks the other host just before a start, and leaves the VM where that host runs it', async () => {
    await be({ state: 'inactive', reason: 'shutdown' });
    // Faster than any event.
    beta.domains.set(uuid, fakeDomain(uuid, 'web'));
    const task = await act({ verb: 'start' });
    expect(task).toMatchObject({
      state: 'failed',
      error: { message: expect.stringMatching(/beta has a copy of it that is active/) },
    });
    expect(task.steps.map((step) => step.state)).toEqual(['failed', 'skipped']);
    expect(alpha.domains.get(uuid)?.state).toBe('inactive');
  });

  it('says that a guest ignored it, or forces it off where that was chosen', async () => {
    alpha.deaf = true;
    const ignored = await act({ verb: 'shut-down', patienceSeconds: 1 });
    expect(ignored).toMatchObject({
      state: 'failed',
      error: { code: 'guest-ignored' },
      outcome: 'web is active on alpha. Its guest was asked to shut down and may still do so.',
    });
    expect(ignored.steps.map((step) => step.state)).toEqual(['failed']);
    const forced = await act({ verb: 'shut-down', patienceSeconds: 1, whenIgnored: 'force-off' });
    expect(forced.outcome).toBe('web ignored the request for 1 s and was forced off.');
    expect(alpha.domains.get(uuid)).toMatchObject({ state: 'inactive', reason: 'destroyed' });
  });

  it.each([
    ['shutdown', /^web shut down within \d+ s\.$/],
    ['destroyed', /^web was asked to shut down, and forced off by somebody else\.$/],
    ['crashed', /^web crashed while it was asked to shut down; it is off\.$/],
  ] as const)('tells one that shut down from one that went off otherwise: %s', async (reason, outcome) => {
    alpha.deaf = true;
    const taskId = await begin({ verb: 'shut-down' });
    await until(async () => (await client.tasks.get({ taskId })).progress);
    await be({ state: 'inactive', reason });
    expect(await inState(taskId, 'succeeded', 'failed')).toMatchObject({
      outcome: expect.stringMatching(outcome),
    });
  });

  it('stops waiting when it is cancelled, and says that the guest was asked', async () => {
    alpha.deaf = true;
    for (const verb of ['shut-down', 'reboot'] as const) {
      const taskId = await begin({ verb });
      await until(async () => (await client.tasks.get({ taskId })).progress);
      await client.tasks.cancel({ taskId });
      const task = await inState(taskId, 'cancelled', 'failed', 'succeeded');
      expect(task).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
      expect(task.error?.message).toMatch(/its guest was asked and may still/);
    }
  });

  it('takes a reboot for done when its host tells of it', async () => {
    expect(await act({ verb: 'reboot' })).toMatchObject({
      state: 'succeeded',
      outcome: 'web rebooted on alpha.',
    });
  });

  it('is undecided while the host is silent, and resolves by what it says then, or when it is declared dead', async () => {
    alpha.deaf = true;
    const away = {
      state: 'unreachable',
      retryAt: 0,
      error: { code: 'host-unreachable', message: 'no answer' },
    } as const;
    const first = await begin({ verb: 'shut-down' });
    await until(async () => (await client.tasks.get({ taskId: first })).progress);
    alpha.setLink(away);
    await inState(first, 'undecided');
    alpha.domains.set(uuid, fakeDomain(uuid, 'web', { state: 'inactive', reason: 'shutdown' }));
    alpha.setLink({ state: 'connected' });
    expect(await inState(first, 'succeeded', 'failed')).toMatchObject({ outcome: 'web is off.' });
    await be({ state: 'active' });
    const second = await begin({ verb: 'reboot' });
    await until(async () => (await client.tasks.get({ taskId: second })).progress);
    alpha.setLink(away);
    await inState(second, 'undecided');
    const { hostId } = (await client.live.snapshot()).vms[0] ?? {};
    if (hostId !== undefined) await client.hosts.declareDead({ hostId, dead: true });
    expect(await inState(second, 'failed')).toMatchObject({
      error: { message: expect.stringMatching(/alpha was declared dead before it said/) },
    });
  });

  it('asks the host what happened when Drover ended meanwhile', async () => {
    alpha.deaf = true;
    const taskId = await begin({ verb: 'shut-down', whenIgnored: 'force-off' });
    await until(async () => (await client.tasks.get({ taskId })).progress);
    await backend.stop();
    await start();
    expect(await inState(taskId, 'failed', 'succeeded')).toMatchObject({
      state: 'failed',
      error: { code: 'interrupted' },
      outcome: 'web is active on alpha. Its guest was asked to shut down and may still do so.',
    });
  });

  it('defines a VM, gives it a UUID where it has none, and keeps its XML out of the journal', async () => {
    const host = (await client.live.snapshot()).hosts.find((each) => each.name === 'beta');
    if (host === undefined) throw new Error('beta is not there');
    const define = (xml: string) => client.vms.define({ hostId: host.id, xml });
    const xml =
      "<!-- a <domain> --><domain type='kvm'><name>db</name><devices><graphics passwd='secret-9'/></devices></domain>";
    const { taskId } = await define(xml);
    expect(await inState(taskId, 'succeeded', 'failed')).toMatchObject({
      outcome: 'db is defined on beta and inactive.',
    });
    const [made] = [...beta.domains.values()];
    expect(made).toMatchObject({ name: 'db', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(JSON.stringify(await client.tasks.get({ taskId }))).not.toContain('secret-9');
    const refusal = async (text: string) => await define(text).then(() => undefined, toDroverError);
    expect(await refusal('<domain><name>web</name></domain>')).toMatchObject({ code: 'already-exists' });
    expect(await refusal(`<domain><name>x</name><uuid>${uuid}</uuid></domain>`)).toMatchObject({
      code: 'already-exists',
    });
    for (const text of ['<network/>', '<domain><uuid>7</uuid><name>x</name></domain>', '<domain></domain>']) {
      expect(await refusal(text)).toMatchObject({ code: 'input-unusable' });
    }
  });
});
