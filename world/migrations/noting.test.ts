import { describe, expect, it } from 'vitest';
import { happeningInWords } from '#shared/model/happening.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { abort } from './control.ts';

const words = (test: TestWorld) => test.world.state.happenings.map(happeningInWords);

describe('what is put down of migrations', () => {
  it('is their begin and their end with its figures, whoever asked for them', async () => {
    const test = new TestWorld();
    await new TestMigration(test, 'database-01', 'server-b').run();
    expect(words(test)).toEqual(['database-01 moves to server-b: begun', 'database-01 moves to server-b']);
    const { figures } = test.world.state.happenings.at(-1) ?? {};
    expect(figures).toMatchObject({ diskBytes: 0, throttlePercent: 0 });
    expect(figures?.['memoryBytes']).toBeGreaterThan(2 ** 30);
    expect(figures?.['downtimeMs']).toBeGreaterThan(10);
    expect(figures?.['downtimeMs']).toBeLessThan(figures?.['totalMs'] ?? 0);
  });

  it('tells why one came to nothing, once', async () => {
    const test = new TestWorld();
    const called = new TestMigration(test, 'web-01', 'server-b');
    const performing = await called.toPerforming();
    await test.pass(500);
    abort(test.world, test.host('server-a'), called.uuid);
    await expect(test.come(performing)).rejects.toThrow(/canceled/);
    const lost = new TestMigration(test, 'database-01', 'server-b');
    await lost.toPerforming();
    await test.pass(500);
    test.strike({ kind: 'power-off', host: 'server-a' });
    test.strike({ kind: 'power-on', host: 'server-a' });
    await test.until('all is up', () => words(test).filter((each) => /has booted/.test(each)).length === 2);
    expect(words(test)).toEqual([
      'web-01 moves to server-b: begun',
      'web-01 moves to server-b: failed (operation aborted: migration out job: canceled by client)',
      'database-01 moves to server-b: begun',
      'database-01 moves to server-b: failed (the VM ended on server-a)',
      'server-a answers again',
      'web-01 has booted',
      'database-01 has booted',
    ]);
  });
});
