import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallScenario } from '#shared/scenario/testing/smallScenario.ts';

describe('drover simulate', { timeout: 120_000 }, () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-simulate-'));
    writeFileSync(join(folder, 'small.yaml'), smallScenario);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'drover.js');
  const words = (...more: readonly string[]) => [
    program,
    '--data',
    join(folder, 'data'),
    'simulate',
    ...more,
  ];
  const drover = (...more: readonly string[]) =>
    new Promise<{ readonly code: number; readonly out: string; readonly error: string }>((resolve) => {
      execFile(
        process.execPath,
        words(...more),
        { cwd: folder, maxBuffer: 100_000_000 },
        (error, out, said) => {
          resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, error: said });
        },
      );
    });

  it('tells people and programs what a scenario comes to, the same each time, and touches nothing', async () => {
    const { code, out } = await drover('small.yaml', '--until', '10min');
    expect(code).toBe(0);
    expect(out).toMatch(/^Small \(small\), seed 1: 10 min from /);
    expect(out).toMatch(/^all hosts\s/m);
    const json = async () => (await drover('--json', 'small.yaml', '--until', '10min', '--seed', '3')).out;
    const one = await json();
    expect(JSON.parse(one)).toMatchObject({
      scenario: 'small',
      seed: 3,
      cluster: { hosts: 3 },
      hosts: [{ name: expect.any(String), energyKWh: expect.any(Number) }, {}, {}],
    });
    expect(await json()).toBe(one);
    expect(readdirSync(folder)).toEqual(['small.yaml']);
    expect((await drover('two-servers', '--until', '1min')).out).toMatch(/^Two servers \(two-servers\)/);
  });

  it('writes a series, whole or not at all', async () => {
    const asked = ['small.yaml', '--until', '10min', '--every', '2min', '--csv', 'rows.csv'];
    expect((await drover(...asked)).code).toBe(0);
    const lines = readFileSync(join(folder, 'rows.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^at,seconds,scope,name,/);
    expect(lines).toHaveLength(1 + 5 * 4);
    writeFileSync(join(folder, 'small.yaml'), smallScenario.replace('cores: 8', 'cores: 0'));
    const refused = await drover('small.yaml', '--csv', 'rows.csv');
    expect(refused.code).toBe(2);
    expect(refused.error).toMatch(/small.yaml: line 6: hostModels.big.cores: /);
    expect(readdirSync(folder).sort()).toEqual(['rows.csv', 'small.yaml']);
    expect(readFileSync(join(folder, 'rows.csv'), 'utf8').trimEnd().split('\n')).toEqual(lines);
  });

  it('is ended by Ctrl-C at once, and leaves no part of a file', async () => {
    const child = spawn(process.execPath, words('--json', 'campus', '--until', '366d', '--csv', 'rows.csv'), {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const isWriting = () => readdirSync(folder).some((name) => name.endsWith('.part'));
    await expect.poll(isWriting, { timeout: 60_000 }).toBe(true);
    await pause(500);
    const asked = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(JSON.parse(said)).toMatchObject({ code: 'interrupted' });
    expect(readdirSync(folder)).toEqual(['small.yaml']);
  });

  it('says which words are wrong, with code 2', async () => {
    expect((await drover('small.yaml', '--every', '10s')).code).toBe(2);
    expect((await drover('small.yaml', '--until', 'tomorrow')).code).toBe(2);
    expect(JSON.parse((await drover('--json', 'nine-servers')).out)).toMatchObject({
      code: 'scenario-unknown',
    });
    const nowhere = await drover('small.yaml', '--csv', 'none/rows.csv');
    expect(nowhere.code).toBe(1);
    expect(nowhere.error).toMatch(/^Write none\/rows.csv: ENOENT/);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});
