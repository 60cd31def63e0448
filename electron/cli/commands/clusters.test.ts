import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SimulatedConsole } from '../../backend/simulation/testing/simulatedConsole.ts';

describe('drover cluster', { timeout: 240_000 }, () => {
  const console_ = new SimulatedConsole();
  afterAll(() => console_.end(), 60_000);

  const drover = (...words: readonly string[]) =>
    new Promise<{ readonly code: number; readonly said: string }>((resolve) => {
      const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'drover.js');
      const all = [program, '--data', console_.dataFolder, ...words];
      execFile(process.execPath, all, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, said: stdout === '' ? stderr : stdout });
      });
    });
  const json = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse((await drover('--json', ...words)).said);

  it('adds a simulated cluster, sets its clock, breaks something in it, and removes it', async () => {
    expect(await json('cluster', 'add', 'sim:two-servers', '--rate', '60')).toMatchObject({
      name: 'Two servers',
      hosts: ['server-a', 'server-b'],
      simulation: { scenario: 'two-servers', status: { clock: { chosenRate: 60 } } },
    });
    expect(await json('cluster', 'clock', 'two-servers', '--pause')).toMatchObject({
      simulation: { status: { clock: { paused: true } } },
    });
    expect((await drover('cluster', 'clock', 'Two servers', '--step', '10min')).said).toMatch(
      /^Two servers: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, paused at x60\.$/m,
    );
    expect(await json('cluster', 'clock', 'two-servers', '--jump')).toMatchObject({
      code: 'refused-by-rule',
      message: expect.stringContaining('nothing is due within 24 hours'),
    });
    await drover('vm', 'reset', 'web-01');
    expect((await drover('cluster', 'clock', 'two-servers', '--jump')).said).toMatch(
      /^Two servers: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n {2}web-01 has booted$/m,
    );
    expect(await json('cluster', 'clock', 'two-servers', '--go', '--rate', '1')).toMatchObject({
      simulation: { status: { clock: { paused: false, chosenRate: 1 } } },
    });
    expect(await json('cluster', 'break', 'two-servers', 'slow-link', 'server-a', '--rate', '100')).toEqual({
      cluster: 'Two servers',
      kind: 'slow-link',
      host: 'server-a',
      rateBitsPerSecond: 100_000_000,
    });
    expect(await json('cluster', 'break', 'two-servers', 'crash', 'web-02')).toMatchObject({
      kind: 'crash-vm',
      host: 'server-b',
    });
    const listed = await drover('cluster', 'list');
    expect(listed.said).toMatch(/Two servers\s+simulated: two-servers\s+2\s+6\s+/);
    expect(await json('vm', 'show', 'web-02')).toMatchObject({ state: 'inactive', reason: 'crashed' });

    expect(await json('cluster', 'add', 'sim:two-servers')).toMatchObject({ code: 'already-exists' });
    expect(await json('cluster', 'add', 'ssh://somewhere')).toMatchObject({ code: 'input-unusable' });
    expect(await json('cluster', 'break', 'two-servers', 'melt', 'server-a')).toMatchObject({
      code: 'input-unusable',
      next: expect.stringContaining('power-off'),
    });
    expect((await drover('cluster', 'clock', 'two-servers', '--rate', '601')).code).toBe(2);
    expect(await json('cluster', 'remove', 'two-servers')).toMatchObject({ removed: 'Two servers' });
    expect(await json('cluster', 'list')).toEqual([]);
  });
});
