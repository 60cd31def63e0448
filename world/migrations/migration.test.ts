import { describe, expect, it } from 'vitest';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';

describe('a migration in the simulated world', () => {
  it('moves a guest that goes on where it was, and leaves nothing behind', async () => {
    const test = new TestWorld();
    const bootedAt = test.domain('server-a', 'web-01')?.instance?.guest.bootedAt;
    const migration = new TestMigration(test, 'web-01', 'server-b');
    await migration.openSessions();
    const heard = test.listen(migration.source);
    await migration.begin();
    await migration.prepare();
    expect(test.stateOf('server-b', 'web-01')).toBe('paused (migration)');
    expect(await test.job(migration.destination, 'web-01')).toMatchObject({ state: 'incoming' });
    const performing = migration.perform();
    await test.pass(500);
    expect(await test.job(migration.source, 'web-01')).toMatchObject({
      state: 'active',
      memoryTotalBytes: 4096 * 1024 ** 2,
    });
    await test.come(performing);
    expect(test.stateOf('server-a', 'web-01')).toBe('paused (migration)');
    await test.come(migration.finish());
    expect(test.stateOf('server-b', 'web-01')).toBe('active (migrated)');
    await test.come(migration.confirm());
    await test.pass(0);
    expect(test.stateOf('server-a', 'web-01')).toBe('absent');
    expect(test.domain('server-b', 'web-01')).toMatchObject({
      persistent: true,
      instance: { guest: { bootedAt }, completed: { state: 'completed' } },
    });
    expect(test.world.state.transfers).toEqual({});
    expect(test.world.waitingForConsole.size).toBe(0);
    const kinds = heard.map(({ kind }) => kind);
    expect(kinds).toContain('stopped');
    expect(kinds).toContain('round');
    const completed = heard.find((event) => event.kind === 'job-completed');
    expect(completed).toMatchObject({ job: { downtimeMs: expect.any(Number) } });
  });
});
