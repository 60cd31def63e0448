import { describe, expect, it } from 'vitest';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { jobOf } from './control.ts';

// What becomes of each side by itself, before any console decides: docs/migration-faults.md stands on it.

const vm = 'database-01';

async function underWay(options: ConstructorParameters<typeof TestMigration>[3] = {}) {
  const test = new TestWorld();
  const migration = new TestMigration(test, vm, 'server-b', options);
  const performing = await migration.toPerforming();
  await test.pass(2000);
  expect(performing.state).toBe('waiting');
  return { test, migration, performing };
}

function sides(test: TestWorld) {
  return [test.stateOf('server-a', vm), test.stateOf('server-b', vm)];
}

describe('before memory flows', () => {
  it('forgets a migration whose source session ends after begin', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, vm, 'server-b');
    await migration.openSessions();
    await migration.begin();
    expect(test.domain('server-a', vm)?.instance?.outgoing?.phase).toBe('begun');
    test.sessions.close(migration.source);
    expect(test.domain('server-a', vm)?.instance?.outgoing).toBeUndefined();
    expect(test.world.waitingForConsole.size).toBe(0);
  });

  it('takes the waiting copy away with the session that made it', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, vm, 'server-b');
    await migration.openSessions();
    await migration.begin();
    await migration.prepare();
    expect(sides(test)).toEqual(['active (booted)', 'paused (migration)']);
    test.sessions.close(migration.destination);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('fails after TCP has given up where the destination is dead', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, vm, 'server-b');
    await migration.openSessions();
    await migration.begin();
    await migration.prepare();
    test.strike({ kind: 'power-off', host: 'server-b' });
    const began = test.world.now;
    await expect(test.come(migration.perform())).rejects.toThrow(/unable to connect .*Connection timed out/);
    expect((test.world.now - began) / 1000).toBeCloseTo(127, 0);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('connects once a short cut is mended', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, vm, 'server-b');
    await migration.openSessions();
    await migration.begin();
    await migration.prepare();
    test.strike({ kind: 'cut-link', host: 'server-b' });
    const performing = migration.perform();
    await test.pass(5000);
    test.strike({ kind: 'mend-link', host: 'server-b' });
    await test.come(performing);
    expect(sides(test)).toEqual(['paused (migration)', 'paused (migration)']);
  });
});

describe('while memory flows', () => {
  it('loses the destination: the copy goes and the guest goes on at the source', async () => {
    const { test, migration, performing } = await underWay();
    test.sessions.close(migration.destination);
    await expect(test.come(performing)).rejects.toThrow(/migration out job: unexpectedly failed/);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
    expect(test.world.state.transfers).toEqual({});
  });

  it('loses the source session: it goes on, and the guest is stopped on both', async () => {
    const { test, migration, performing } = await underWay();
    test.sessions.close(migration.source);
    await test.pass(0);
    expect(performing.state).toBe('refused');
    const control = await test.open('server-a');
    expect(await test.job(control, vm)).toMatchObject({ state: 'active' });
    await test.until('all to have arrived', () => test.stateOf('server-a', vm) === 'paused (migration)');
    await test.until(
      'the job to be over',
      () => test.domain('server-a', vm)?.instance?.outgoing === undefined,
    );
    expect(sides(test)).toEqual(['paused (migration)', 'paused (migration)']);
    expect(jobOf(test.world, test.host('server-b'), migration.uuid)).toMatchObject({ state: 'incoming' });
    await test.come(migration.finish());
    expect(sides(test)).toEqual(['paused (migration)', 'active (migrated)']);
  });

  it('is called off by the operator', async () => {
    const { test, migration, performing } = await underWay();
    const control = await test.open('server-a');
    const { abort } = await import('./control.ts');
    await test.ask(control, (world, host) => abort(world, host, migration.uuid));
    await expect(test.come(performing)).rejects.toThrow(/canceled by client/);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('stands still for a cut of five seconds, and goes on', async () => {
    const { test, migration, performing } = await underWay();
    test.strike({ kind: 'cut-link', host: 'server-b' });
    await test.pass(5000);
    test.strike({ kind: 'mend-link', host: 'server-b' });
    await test.come(performing);
    await test.come(migration.finish());
    await test.come(migration.confirm());
    expect(sides(test)).toEqual(['absent', 'active (migrated)']);
  });

  it('loses both by a cut of 45 s: the copy there is undone, the source sends to nobody until it is told', async () => {
    const { test, migration, performing } = await underWay();
    test.strike({ kind: 'cut-link', host: 'server-b' });
    await test.pass(45_000);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
    expect(performing.state).toBe('waiting');
    test.strike({ kind: 'mend-link', host: 'server-b' });
    await expect(test.come(performing)).rejects.toThrow(/unexpectedly failed/);
    await expect(test.come(migration.finish())).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('sends to a dead destination until TCP gives it up, a quarter of an hour', async () => {
    const { test, performing } = await underWay();
    const began = test.world.now;
    test.strike({ kind: 'power-off', host: 'server-b' });
    await expect(test.come(performing)).rejects.toThrow(/Connection timed out/);
    expect((test.world.now - began) / 60_000).toBeCloseTo(15.4, 1);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('ends with a dead source: nothing runs anywhere, and the copy goes with its session', async () => {
    const { test, migration } = await underWay();
    test.strike({ kind: 'power-off', host: 'server-a' });
    expect(sides(test)).toEqual(['inactive (unspecified)', 'paused (migration)']);
    test.sessions.close(migration.destination);
    expect(sides(test)).toEqual(['inactive (unspecified)', 'absent']);
  });

  it('survives a restart of libvirt at the source that it can be through with in time', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, 'web-01', 'server-b', { bandwidthMiBPerSecond: 500 });
    await migration.toPerforming();
    await test.pass(500);
    test.strike({ kind: 'restart-libvirt', host: 'server-a' });
    await test.until('libvirt to be back', () => test.host('server-a').libvirtRuns);
    expect(test.stateOf('server-a', 'web-01')).toBe('paused (migration)');
    await test.come(migration.finish());
    expect(test.stateOf('server-b', 'web-01')).toBe('active (migrated)');
  });

  it('is called off by a restart of libvirt at the source that it outlasts', async () => {
    const { test } = await underWay({ bandwidthMiBPerSecond: 300 });
    test.strike({ kind: 'restart-libvirt', host: 'server-a' });
    await test.until('libvirt to be back', () => test.host('server-a').libvirtRuns);
    await test.pass(10);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('fails by a restart of libvirt at the destination', async () => {
    const { test, performing } = await underWay();
    test.strike({ kind: 'restart-libvirt', host: 'server-b' });
    await expect(test.come(performing)).rejects.toThrow(/unexpectedly failed/);
    expect(sides(test)).toEqual(['active (booted)', 'absent']);
  });

  it('ends with a guest that crashes', async () => {
    const { test, migration, performing } = await underWay();
    test.strike({ kind: 'crash-vm', host: 'server-a', uuid: migration.uuid });
    await expect(test.come(performing)).rejects.toThrow(/domain is not running/);
    expect(sides(test)).toEqual(['inactive (crashed)', 'absent']);
  });
});

describe('while the guest is stopped for the last part', () => {
  async function stopped() {
    const { test, migration, performing } = await underWay();
    await test.until('the guest to stop', () => test.stateOf('server-a', vm) === 'paused (migration)');
    expect(performing.state).toBe('waiting');
    return { test, migration, performing };
  }
  const heldBy = (test: TestWorld) => [...test.world.waitingForConsole.values()].flat();

  it('runs no faster than its console, so that this moment can be met', async () => {
    const { test, migration, performing } = await stopped();
    expect(heldBy(test)).toEqual([migration.source]);
    await test.come(performing);
    await test.come(migration.finish());
    await test.come(migration.confirm());
    expect(heldBy(test)).toEqual([]);
  });

  it('loses the guest with a source that dies: its last part never comes, and nothing starts without it', async () => {
    const { test, migration } = await stopped();
    test.strike({ kind: 'power-off', host: 'server-a' });
    expect(heldBy(test)).toEqual([]);
    const finishing = migration.finish();
    await test.pass(60_000);
    expect(finishing.state).toBe('waiting');
    expect(sides(test)).toEqual(['inactive (unspecified)', 'paused (migration)']);
  });

  it('holds up nobody while its link is cut, and is through once that is mended', async () => {
    const { test, migration, performing } = await stopped();
    test.strike({ kind: 'cut-link', host: 'server-b' });
    expect(heldBy(test)).toEqual([]);
    await test.pass(5000);
    expect(performing.state).toBe('waiting');
    test.strike({ kind: 'mend-link', host: 'server-b' });
    await test.come(performing);
    await test.come(migration.finish());
    expect(sides(test)).toEqual(['paused (migration)', 'active (migrated)']);
  });
});

describe('after everything was sent', () => {
  async function arrived() {
    const { test, migration, performing } = await underWay();
    await test.come(performing);
    expect(sides(test)).toEqual(['paused (migration)', 'paused (migration)']);
    return { test, migration };
  }

  it('keeps the source stopped when the destination is lost, for whoever knows that it never ran', async () => {
    const { test, migration } = await arrived();
    test.sessions.close(migration.destination);
    expect(sides(test)).toEqual(['paused (migration)', 'absent']);
    expect(test.world.waitingForConsole.size).toBe(0);
    await test.come(migration.confirm(true));
    expect(sides(test)).toEqual(['active (migration-cancelled)', 'absent']);
  });

  it('starts the guest although nobody hears the answer', async () => {
    const { test, migration } = await arrived();
    const finishing = migration.finish();
    test.sessions.close(migration.destination);
    await test.pass(100);
    expect(finishing.state).toBe('refused');
    expect(sides(test)).toEqual(['paused (migration)', 'active (migrated)']);
  });

  it('keeps a libvirt that is restarted at the source from ending by itself: it is killed after 8 s', async () => {
    const { test } = await arrived();
    const began = test.world.now;
    test.strike({ kind: 'restart-libvirt', host: 'server-a' });
    await test.until('libvirt to be back', () => test.host('server-a').libvirtRuns);
    expect(test.world.now - began).toBe(9200);
    expect(sides(test)).toEqual(['paused (migration)', 'paused (migration)']);
  });

  it('starts it although its source died meanwhile', async () => {
    const { test, migration } = await arrived();
    test.strike({ kind: 'power-off', host: 'server-a' });
    await test.come(migration.finish());
    expect(sides(test)).toEqual(['inactive (unspecified)', 'active (migrated)']);
  });

  it('takes the copy away when it is told that nothing comes of it', async () => {
    const { test, migration } = await arrived();
    await test.come(migration.finish(true));
    await test.come(migration.confirm(true));
    expect(sides(test)).toEqual(['active (migration-cancelled)', 'absent']);
    expect(test.world.state.transfers).toEqual({});
  });

  it('forgets the job with its session, and then the guest can be resumed by hand', async () => {
    const { test, migration } = await arrived();
    test.sessions.close(migration.source);
    const control = await test.open('server-a');
    expect(await test.job(control, vm)).toBeUndefined();
    test.sessions.close(migration.destination);
    const { resumeDomain } = await import('../domains/power.ts');
    await test.come(
      test.request<object>(control, (world, host, answer) =>
        resumeDomain(world, host, migration.uuid, answer),
      ),
    );
    expect(sides(test)).toEqual(['active (unpaused)', 'absent']);
  });
});
