import { describe, expect, it } from 'vitest';
import { guestBootedAt } from '../faults/status.ts';
import { guestLoad } from '../hosts/columns.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { abort, pausePostCopy, startPostCopy } from './control.ts';

const vm = 'cache-01';

function sides(test: TestWorld) {
  return [test.stateOf('server-a', vm), test.stateOf('server-b', vm)];
}

/** Switched, and over a link so slow that the rest takes a while. */
async function switched() {
  const test = new TestWorld();
  test.strike({ kind: 'slow-link', host: 'server-b', rateBitsPerSecond: 1e9 });
  const migration = new TestMigration(test, vm, 'server-b', { postCopy: true });
  const performing = await migration.toPerforming();
  const control = await test.open('server-a');
  await test.pass(80_000);
  expect(performing.state).toBe('waiting');
  await test.ask(control, (world, host) => startPostCopy(world, host, migration.uuid));
  await test.come(performing);
  expect(sides(test)).toEqual(['paused (post-copy)', 'paused (migration)']);
  return { test, migration, control };
}

async function started() {
  const all = await switched();
  const finishing = all.migration.finish();
  await all.test.until(
    'the guest to run there',
    () => all.test.stateOf('server-b', vm) === 'active (post-copy)',
  );
  return { ...all, finishing };
}

describe('post-copy', () => {
  it('lets the guest run at the destination while the rest comes, and then removes the original', async () => {
    const bootedAt = new TestWorld().domain('server-a', vm)?.instance?.guest.bootedAt;
    const { test, migration, finishing } = await started();
    const seen = () => guestBootedAt(test.world, migration.uuid);
    expect(seen()).toBe(bootedAt);
    await test.pass(1000);
    expect(finishing.state).toBe('waiting');
    await test.come(finishing);
    expect(sides(test)).toEqual(['paused (post-copy)', 'active (migrated)']);
    await test.come(migration.confirm());
    expect(seen()).toBe(bootedAt);
    expect(sides(test)).toEqual(['absent', 'active (migrated)']);
    expect(test.world.state.transfers).toEqual({});
  });

  it('is refused where it was not asked for, and before memory flows', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, vm, 'server-b', { bandwidthMiBPerSecond: 100 });
    await migration.toPerforming();
    await test.pass(1000);
    const control = await test.open('server-a');
    await expect(
      test.ask(control, (world, host) => startPostCopy(world, host, migration.uuid)),
    ).rejects.toThrow(/VIR_MIGRATE_POSTCOPY/);
    await expect(
      test.ask(control, (world, host) => startPostCopy(world, host, test.uuid('web-01'))),
    ).rejects.toThrow(/only be started while outgoing migration is in progress/);
  });

  it('cannot be called off any more', async () => {
    const { test, migration, control } = await started();
    await expect(test.ask(control, (world, host) => abort(world, host, migration.uuid))).rejects.toThrow(
      /cannot abort migration in post-copy mode/,
    );
  });

  it('goes on without its source session, and the original ends as migrated', async () => {
    const { test, migration, finishing } = await started();
    test.sessions.close(migration.source);
    expect(sides(test)).toEqual(['paused (post-copy-failed)', 'active (post-copy)']);
    await test.come(finishing);
    expect(sides(test)).toEqual(['inactive (migrated)', 'active (migrated)']);
  });

  it('goes on without its destination session once the guest was told to start', async () => {
    const { test, migration } = await started();
    test.sessions.close(migration.destination);
    await test.until('all to have come', () => test.stateOf('server-b', vm) === 'active (migrated)');
    expect(test.stateOf('server-a', vm)).toBe('paused (post-copy)');
  });

  it('is the end of the guest where the destination is lost before that', async () => {
    const { test, migration } = await switched();
    test.sessions.close(migration.destination);
    await test.pass(100);
    expect(sides(test)).toEqual(['paused (post-copy-failed)', 'absent']);
  });

  it('stands still at the destination when the source dies', async () => {
    const { test, migration, finishing } = await started();
    test.strike({ kind: 'power-off', host: 'server-a' });
    expect(guestBootedAt(test.world, migration.uuid)).toBeNull();
    expect(guestLoad(test.world, test.host('server-b'), migration.uuid)?.cores).toBe(0);
    await test.pass(60_000);
    expect(finishing.state).toBe('waiting');
    expect(sides(test)).toEqual(['inactive (unspecified)', 'active (post-copy)']);
    test.strike({ kind: 'power-on', host: 'server-a' });
    await test.pass(60_000);
    expect(sides(test)).toEqual(['inactive (unspecified)', 'active (post-copy-failed)']);
  });

  it('is stopped by the operator where the destination is dead, who sees that it failed', async () => {
    const { test, migration, control } = await started();
    test.strike({ kind: 'power-off', host: 'server-b' });
    await test.pass(30_000);
    expect(test.stateOf('server-a', vm)).toBe('paused (post-copy)');
    await test.ask(control, (world, host) => pausePostCopy(world, host, migration.uuid));
    expect(sides(test)).toEqual(['paused (post-copy-failed)', 'inactive (unspecified)']);
  });

  it('is brought together again by the same phases once more', async () => {
    const { test, migration, control } = await started();
    await test.ask(control, (world, host) => pausePostCopy(world, host, migration.uuid));
    expect(sides(test)).toEqual(['paused (post-copy-failed)', 'active (post-copy-failed)']);
    const again = new TestMigration(test, vm, 'server-b', { postCopy: true, resumePostCopy: true });
    await test.come(await again.toPerforming());
    expect(sides(test)).toEqual(['paused (post-copy)', 'active (post-copy)']);
    await test.come(again.finish());
    await test.come(again.confirm());
    expect(sides(test)).toEqual(['absent', 'active (migrated)']);
  });

  it('outlives a restart of libvirt at either end', async () => {
    const { test, migration } = await started();
    test.strike({ kind: 'restart-libvirt', host: 'server-b' });
    await test.until('libvirt to be back', () => test.host('server-b').libvirtRuns);
    expect(test.stateOf('server-b', vm)).toBe('active (post-copy-failed)');
    test.strike({ kind: 'restart-libvirt', host: 'server-a' });
    await test.until('all to have come', () => test.stateOf('server-b', vm) === 'active (migrated)');
    expect(test.stateOf('server-a', vm)).toBe('inactive (migrated)');
    expect(test.domain('server-b', vm)?.instance?.incoming).toBeUndefined();
    expect(migration.uuid).toBe(test.uuid(vm));
  });
});
