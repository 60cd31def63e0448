import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallScenario } from '#shared/scenario/testing/smallScenario.ts';
import { SimulatedConsole } from '../../backend/simulation/testing/simulatedConsole.ts';

describe('drover scenario', { timeout: 240_000 }, () => {
  const console_ = new SimulatedConsole();
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-scenario-command-'));
  });
  afterAll(async () => {
    await console_.end();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const drover = (...words: readonly string[]) =>
    new Promise<{ readonly code: number; readonly out: string; readonly error: string }>((resolve) => {
      const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'drover.js');
      const all = [program, '--data', console_.dataFolder, ...words];
      execFile(process.execPath, all, { cwd: folder }, (error, out, said) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out, error: said });
      });
    });
  const json = async (...words: readonly string[]): Promise<unknown> =>
    JSON.parse((await drover('--json', ...words)).out);

  it('writes a file to begin with, which is right, and never over another', async () => {
    expect((await drover('scenario', 'new', 'mine.yaml')).out).toMatch(/^mine.yaml written\./);
    expect(await json('scenario', 'check', 'mine.yaml')).toMatchObject({
      problems: [],
      name: 'my-cluster',
      hosts: 3,
      vms: 9,
    });
    writeFileSync(join(folder, 'mine.yaml'), 'of a person');
    expect((await drover('scenario', 'new', 'mine.yaml')).code).toBe(1);
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('of a person');
    expect(await json('scenario', 'new', 'mine')).toMatchObject({
      next: expect.stringContaining('mine.yaml'),
    });
    await drover('scenario', 'new', 'two.yaml', '--from', 'two-servers');
    expect((await drover('scenario', 'check', 'two.yaml')).out).toMatch(/two.yaml is right: Two servers/);
    expect(await json('scenario', 'new', 'x.yaml', '--from', 'nine-servers')).toMatchObject({
      code: 'scenario-unknown',
      next: expect.stringContaining('two-servers'),
    });
  });

  it('says each line that is wrong, with exit code 2', async () => {
    const wrong = smallScenario.replace('cores: 8', 'cores: 0').replace('after: 30s', 'after: soon');
    writeFileSync(join(folder, 'wrong.yaml'), wrong);
    const { code, out } = await drover('scenario', 'check', 'wrong.yaml');
    expect(code).toBe(2);
    expect(out.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^wrong.yaml: line 6: hostModels.big.cores: /),
      expect.stringMatching(/^wrong.yaml: line 47: timeline\[0\].after: write a duration with its unit/),
    ]);
    expect(await json('scenario', 'check', 'wrong.yaml')).toMatchObject({
      problems: [{ line: 6 }, { line: 47, column: 7 }],
    });
    expect(await json('scenario', 'check', 'none.yaml')).toMatchObject({ code: 'not-found' });
  });

  it("starts a person's own as a cluster, which needs the file no more; a wrong one with its line", async () => {
    writeFileSync(join(folder, 'cpu.csv'), '10\n60\n20\n');
    const percents = '{ percents: [10, 50, 20], every: 5min }';
    const small = smallScenario
      .replace(percents, '{ file: cpu.csv, every: 10s }')
      .replace('name: small', 'name: own');
    const path = join(folder, 'own.yaml');
    writeFileSync(path, small);
    expect(await json('cluster', 'add', `sim:${path}`)).toMatchObject({
      name: 'Small',
      hosts: ['edge', 'node-1', 'node-2'],
      simulation: { scenario: 'own' },
    });
    rmSync(path);
    rmSync(join(folder, 'cpu.csv'));
    const { pid } = console_.world('small');
    process.kill(pid, 'SIGKILL');
    await drover('cluster', 'revive', 'Small');
    expect(await json('cluster', 'clock', 'Small')).toMatchObject({ simulation: { standing: 'running' } });

    writeFileSync(path, small.replace('vm: database, to', 'vm: databas, to').replace('Small', 'Wrong'));
    const refused = await drover('cluster', 'add', `sim:${path}`);
    expect(refused.code).toBe(2);
    expect(refused.error).toMatch(/own.yaml: line 49: timeline\[2\].vm: there is no VM databas/);
    // What only the world itself finds out: traces.
    writeFileSync(path, small.replace('Small', 'Lacking'));
    const lacking = await drover('cluster', 'add', `sim:${path}`);
    expect(lacking.error).toMatch(/line 24: traces.office.file: there is no .*cpu.csv/);
    expect(await json('cluster', 'list')).toHaveLength(1);
    expect(await json('cluster', 'remove', 'Small')).toMatchObject({ removed: 'Small' });
  });
});
