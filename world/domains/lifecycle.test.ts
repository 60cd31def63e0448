import { describe, expect, it } from 'vitest';
import { abort, jobOf } from '../migrations/control.ts';
import type { Answer } from '../sessions/sessions.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { type Asked, TestMigration, TestWorld } from '../testing/testWorld.ts';
import { defineDomain, discardSaved, renameDomain, setAutostart, undefineDomain } from './definitions.ts';
import { describe as described } from './describe.ts';
import {
  destroyDomain,
  pauseDomain,
  requestReboot,
  requestShutdown,
  resetDomain,
  resumeDomain,
} from './power.ts';
import { saveDomain } from './saving.ts';
import { startDomain } from './starting.ts';

type Slow = (world: World, host: HostState, uuid: string, answer: Answer<object>) => void;
type Quick = (world: World, host: HostState, uuid: string) => object;

class Operator {
  readonly test = new TestWorld();
  #session = '';

  async connect(host = 'server-a'): Promise<this> {
    this.#session = await this.test.open(host);
    return this;
  }

  ask(verb: Slow, vm: string): Asked<object> {
    const uuid = this.test.uuid(vm);
    return this.test.request<object>(this.#session, (world, host, answer) => verb(world, host, uuid, answer));
  }

  async do(verb: Slow, vm: string): Promise<void> {
    await this.test.come(this.ask(verb, vm));
  }

  async quick(verb: Quick, vm: string): Promise<void> {
    const uuid = this.test.uuid(vm);
    await this.test.ask(this.#session, (world, host) => verb(world, host, uuid));
  }

  state(vm: string, host = 'server-a'): string {
    return this.test.stateOf(host, vm);
  }
}

describe('what is done to a domain', () => {
  it('starts, pauses, resumes and is forced off', async () => {
    const operator = await new Operator().connect();
    await operator.quick(destroyDomain, 'web-01');
    expect(operator.state('web-01')).toBe('inactive (destroyed)');
    await operator.do(startDomain, 'web-01');
    expect(operator.state('web-01')).toBe('active (booted)');
    await operator.quick(pauseDomain, 'web-01');
    expect(operator.state('web-01')).toBe('paused (user)');
    await operator.quick(pauseDomain, 'web-01');
    await operator.do(resumeDomain, 'web-01');
    expect(operator.state('web-01')).toBe('active (unpaused)');
  });

  it.each<[string, (operator: Operator) => Promise<void>, RegExp]>([
    ['start of a running one', (it) => it.do(startDomain, 'web-01'), /domain is already running/],
    ['resume of a running one', (it) => it.do(resumeDomain, 'web-01'), /domain is already running/],
    [
      'pause of one that is off',
      async (it) => {
        await it.quick(destroyDomain, 'web-01');
        await it.quick(pauseDomain, 'web-01');
      },
      /domain is not running/,
    ],
    [
      'shutdown of one that is off',
      async (it) => {
        await it.quick(destroyDomain, 'web-01');
        await it.do(requestShutdown, 'web-01');
      },
      /domain is not running/,
    ],
    [
      'force-off of one that is off',
      async (it) => {
        await it.quick(destroyDomain, 'web-01');
        await it.quick(destroyDomain, 'web-01');
      },
      /domain is not running/,
    ],
    [
      'a new name for a running one',
      (it) => it.quick((world, host, uuid) => renameDomain(world, host, uuid, 'web-09'), 'web-01'),
      /cannot rename active domain/,
    ],
    [
      'a new name for a saved one',
      async (it) => {
        await it.do(saveDomain, 'web-01');
        await it.quick((world, host, uuid) => renameDomain(world, host, uuid, 'web-09'), 'web-01');
      },
      /managed saved state can't be renamed/,
    ],
    [
      'a name that is taken',
      async (it) => {
        await it.quick(destroyDomain, 'web-01');
        await it.quick((world, host, uuid) => renameDomain(world, host, uuid, 'cache-01'), 'web-01');
      },
      /domain with name 'cache-01' already exists/,
    ],
  ])('refuses %s as libvirt does', async (_what, act, reason) => {
    const operator = await new Operator().connect();
    await expect(act(operator)).rejects.toMatchObject({
      code: 'libvirt-refused',
      message: expect.stringMatching(reason),
    });
  });

  it('refuses a domain that is not there as not found', async () => {
    const test = new TestWorld();
    const session = await test.open('server-a');
    await expect(
      test.ask(session, (world, host) => pauseDomain(world, host, 'nobody')),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('saves memory at the speed of a disk, survives a power cut of its host, and goes on where it was', async () => {
    const operator = await new Operator().connect();
    const { test } = operator;
    const bootedAt = test.domain('server-a', 'database-01')?.instance?.guest.bootedAt;
    const began = test.world.now;
    const saving = operator.ask(saveDomain, 'database-01');
    await test.pass(1000);
    expect(operator.state('database-01')).toBe('paused (saving)');
    expect(jobOf(test.world, test.host('server-a'), test.uuid('database-01'))).toMatchObject({
      state: 'active',
      memorySentBytes: expect.any(Number),
    });
    await test.come(saving);
    expect((test.world.now - began) / 1000).toBeGreaterThan(25);
    expect(operator.state('database-01')).toBe('suspended (saving)');
    test.strike({ kind: 'power-off', host: 'server-a' });
    test.strike({ kind: 'power-on', host: 'server-a' });
    await test.pass(200_000);
    await operator.connect();
    // It starts with its host, from what was saved.
    expect(operator.state('database-01')).toBe('active (restored)');
    expect(test.domain('server-a', 'database-01')).toMatchObject({ instance: { guest: { bootedAt } } });
    expect(test.domain('server-a', 'database-01')?.saved).toBeUndefined();
  });

  it('has nothing where the power was cut half way through saving', async () => {
    const operator = await new Operator().connect();
    operator.ask(saveDomain, 'cache-01');
    await operator.test.pass(1000);
    operator.test.strike({ kind: 'power-off', host: 'server-a' });
    expect(operator.state('cache-01')).toBe('inactive (unspecified)');
    expect(operator.test.domain('server-a', 'cache-01')?.saved).toBeUndefined();
  });

  it('goes on when its saving is called off', async () => {
    const operator = await new Operator().connect();
    const saving = operator.ask(saveDomain, 'cache-01');
    await operator.test.pass(1000);
    await operator.quick(abort, 'cache-01');
    await expect(operator.test.come(saving)).rejects.toThrow(/canceled by client/);
    expect(operator.state('cache-01')).toBe('active (migration-cancelled)');
  });

  it('drops what was saved, and does nothing where there is nothing', async () => {
    const operator = await new Operator().connect();
    await operator.do(saveDomain, 'web-01');
    await operator.quick(discardSaved, 'web-01');
    expect(operator.state('web-01')).toBe('inactive (saving)');
    await operator.quick(discardSaved, 'web-01');
  });

  it('waits for a migration that has the domain, and then says who has it', async () => {
    const operator = await new Operator().connect();
    const { test } = operator;
    const migration = new TestMigration(test, 'cache-01', 'server-b', { bandwidthMiBPerSecond: 50 });
    await migration.toPerforming();
    await test.pass(1000);
    const began = test.world.now;
    await expect(operator.do(requestShutdown, 'cache-01')).rejects.toThrow(
      /cannot acquire state change lock \(held by monitor=remoteDispatchDomainMigratePerform3Params\)/,
    );
    expect(test.world.now - began).toBeGreaterThanOrEqual(30_000);
    const resuming = operator.ask(resumeDomain, 'cache-01');
    await operator.quick(abort, 'cache-01');
    await expect(test.come(resuming)).rejects.toThrow(/already running/);
  });
});

describe('what guests make of it', () => {
  it('power off by their kind', async () => {
    const operator = await new Operator().connect();
    await operator.do(requestShutdown, 'web-01');
    expect(operator.state('web-01')).toBe('active (booted)');
    await operator.test.pass(5000);
    expect(operator.state('web-01')).toBe('inactive (shutdown)');
  });

  it('ignore the button while they boot or hang; only reset and force-off help then', async () => {
    const operator = await new Operator().connect();
    const { test } = operator;
    const uuid = test.uuid('web-01');
    test.strike({ kind: 'hang-vm', host: 'server-a', uuid });
    await operator.do(requestShutdown, 'web-01');
    await test.pass(60_000);
    expect(operator.state('web-01')).toBe('active (booted)');
    await operator.do(resetDomain, 'web-01');
    expect(test.domain('server-a', 'web-01')?.instance?.guest).toMatchObject({
      hung: false,
      phase: 'booting',
    });
    await operator.do(requestShutdown, 'web-01');
    await test.pass(60_000);
    expect(test.domain('server-a', 'web-01')?.instance?.guest.phase).toBe('up');
  });

  it('start anew when asked, as another boot of the same domain', async () => {
    const operator = await new Operator().connect();
    const before = operator.test.domain('server-a', 'web-01')?.instance?.guest.bootedAt ?? 0;
    await operator.do(requestReboot, 'web-01');
    await operator.test.pass(60_000);
    const { instance } = operator.test.domain('server-a', 'web-01') ?? {};
    expect(instance?.guest.phase).toBe('up');
    expect(instance?.guest.bootedAt).toBeGreaterThan(before);
  });

  it('want to be asked twice where somebody sits before them', async () => {
    const operator = await new Operator().connect('server-b');
    await operator.do(requestShutdown, 'desktop-01');
    await operator.test.pass(60_000);
    expect(operator.state('desktop-01', 'server-b')).toBe('active (booted)');
    await operator.do(requestShutdown, 'desktop-01');
    await operator.test.pass(20_000);
    expect(operator.state('desktop-01', 'server-b')).toBe('inactive (shutdown)');
  });

  it('take up after a pause what they were at', async () => {
    const operator = await new Operator().connect();
    await operator.do(requestShutdown, 'web-01');
    await operator.quick(pauseDomain, 'web-01');
    await operator.test.pass(60_000);
    expect(operator.state('web-01')).toBe('paused (user)');
    await operator.do(resumeDomain, 'web-01');
    await operator.test.pass(2000);
    expect(operator.state('web-01')).toBe('inactive (shutdown)');
  });
});

describe('definitions', () => {
  function plain(test: TestWorld, vm: string) {
    const domain = test.domain('server-a', vm);
    if (domain === undefined) throw new Error(`no ${vm}`);
    const { state: _s, reason: _r, persistent: _p, hasSnapshots: _h, ...definition } = described(domain);
    return definition;
  }

  it('are made, kept apart by name and UUID, and removed', async () => {
    const operator = await new Operator().connect();
    const { test } = operator;
    const { world } = test;
    const host = test.host('server-a');
    const model = plain(test, 'web-01');
    const uuid = '11111111-2222-4333-8444-555555555555';
    expect(defineDomain(world, host, { ...model, uuid, name: 'web-09' })).toEqual({ uuid, name: 'web-09' });
    expect(operator.state('web-09')).toBe('inactive (unspecified)');
    expect(() => defineDomain(world, host, { ...model, uuid, name: 'web-10' })).toThrow(
      /domain 'web-09' is already defined with uuid/,
    );
    expect(() =>
      defineDomain(world, host, { ...model, uuid: `${uuid.slice(0, -1)}6`, name: 'web-09' }),
    ).toThrow(/domain 'web-09' already exists with uuid/);
    // The disk of web-01 is locked by its QEMU.
    await expect(operator.do(startDomain, 'web-09')).rejects.toThrow(/Failed to get "write" lock/);
    await operator.do(undefineDomain, 'web-09');
    expect(operator.state('web-09')).toBe('absent');
  });

  it('of a running one are next started with', async () => {
    const operator = await new Operator().connect();
    const { test } = operator;
    defineDomain(test.world, test.host('server-a'), { ...plain(test, 'web-01'), vcpus: 8 });
    expect(test.domain('server-a', 'web-01')?.definition.vcpus).toBe(2);
    await operator.quick(destroyDomain, 'web-01');
    expect(test.domain('server-a', 'web-01')?.definition.vcpus).toBe(8);
  });

  it('removed under a running one leave it without, and it is gone when it ends', async () => {
    const operator = await new Operator().connect();
    await operator.do(undefineDomain, 'web-01');
    expect(operator.test.domain('server-a', 'web-01')).toMatchObject({ persistent: false, autostart: false });
    await expect(operator.do(undefineDomain, 'web-01')).rejects.toThrow(/cannot undefine transient domain/);
    await expect(operator.do(saveDomain, 'web-01')).rejects.toThrow(/managed save for transient domain/);
    await expect(
      operator.quick((world, host, uuid) => setAutostart(world, host, uuid, true), 'web-01'),
    ).rejects.toThrow(/autostart for transient domain/);
    const heard = operator.test.listen(await operator.test.open('server-a'));
    await operator.quick(destroyDomain, 'web-01');
    expect(heard.map(({ kind }) => kind)).toEqual(['gone']);
  });

  it('carry another name once they do not run', async () => {
    const operator = await new Operator().connect();
    await operator.quick(destroyDomain, 'web-01');
    await operator.quick((world, host, uuid) => renameDomain(world, host, uuid, 'shop-01'), 'web-01');
    expect(operator.state('shop-01')).toBe('inactive (destroyed)');
  });
});
