import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { destroyLab } from './build.ts';
import { readLab } from './labState.ts';
import { until } from './pause.ts';
import { labFolder, labsFolder } from './places.ts';
import { runProgram, tryProgram } from './runProgram.ts';
import { startLab, whyNoLab } from './startLab.ts';

const unavailable = await whyNoLab();
const labProgram = join(import.meta.dirname, 'lab.ts');
const command = (...parameters: readonly string[]) =>
  tryProgram([process.execPath, '--import', 'tsx', labProgram, ...parameters], { deadlineMs: 100_000 });

/** Everything of a lab that could be left on the machine. */
async function remainsOf(name: string, index: number): Promise<Readonly<Record<string, readonly string[]>>> {
  const linesWith = (text: string, part: string): string[] =>
    text.split('\n').filter((line) => line.includes(part));
  const processes: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
    const root = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const folder = `${labFolder(name)}/`;
    if (words.includes(folder) || mounts.includes(folder) || root.startsWith(folder))
      processes.push(`${pid} ${words.replaceAll('\0', ' ')}`);
  }
  const entriesOf = (part: string): Promise<string[]> => readdir(join(labsFolder, part)).catch(() => []);
  const indexes = await Promise.all(
    (await entriesOf('index')).map((entry) =>
      readFile(join(labsFolder, 'index', entry), 'utf8').catch(() => ''),
    ),
  );
  return {
    processes,
    namespaces: linesWith(await runProgram(['ip', 'netns', 'list']), `drv-${name}.`),
    links: linesWith(await runProgram(['ip', '-o', 'link']), `drv${index}@`),
    routes: linesWith(await runProgram(['ip', 'route', 'show', 'table', 'all']), `10.77.${index}.`),
    mounts: linesWith(await readFile('/proc/self/mounts', 'utf8'), `drv-${name}.`),
    files: existsSync(labFolder(name)) ? [labFolder(name)] : [],
    indexes: indexes.filter((owner) => owner === name),
    locks: (await entriesOf('locks')).filter((lock) => lock === name),
  };
}

const nothing = {
  processes: [],
  namespaces: [],
  links: [],
  routes: [],
  mounts: [],
  files: [],
  indexes: [],
  locks: [],
};

// The command's labs belong to no process, so their names tell apart two runs of this test on one machine.
const run = process.pid.toString(36);
const left = `left-${run}`;
const leftB = `left-${run}-b`;
const killed = `killed-${run}`;

describe.skipIf(unavailable !== undefined)('what labs leave behind', () => {
  afterAll(async () => {
    for (const name of [left, leftB, killed]) await destroyLab(name);
  });

  it('two labs run side by side; down leaves nothing of one and all of the other', async () => {
    const [one, other] = await Promise.all([
      startLab({ name: left, hosts: 1, guests: 1 }),
      startLab({ name: leftB, hosts: 1, guests: 1 }),
    ]);
    expect(one.description().subnet).not.toBe(other.description().subnet);
    const { index } = one.description();
    const before = await remainsOf(left, index);
    for (const [what, found] of Object.entries(before))
      if (what !== 'locks' && what !== 'mounts') expect(found.length, what).toBeGreaterThan(0);
    await one.down();
    expect(await remainsOf(left, index)).toEqual(nothing);
    expect((await other.status()).guests).toMatchObject([{ answers: true }]);
    await other.kill('host-a');
    await other.down();
    expect(await remainsOf(leftB, other.description().index)).toEqual(nothing);
    await other.down();
  });

  it('a lab whose process was killed while building it is swept by the next', async () => {
    const source = `import { startLab } from ${JSON.stringify(join(import.meta.dirname, 'startLab.ts'))}; await startLab({ name: '${killed}', hosts: 1, guests: 1 });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const lab = await until('a host of the lab starting', 60_000, async () => {
      const half = await readLab(killed).catch(() => undefined);
      return half?.hosts.some((host) => existsSync(join(host.folder, 'init.pid'))) ? half : undefined;
    });
    child.kill('SIGKILL');
    await ended;
    expect((await remainsOf(killed, lab.index)).files).toHaveLength(1);
    const next = await startLab({ name: left, hosts: 1 });
    expect(await readLab(killed)).toBeUndefined();
    expect((await tryProgram(['ip', 'netns', 'list'])).stdout).not.toContain(`drv-${killed}.`);
    await next.down();
  });

  it('a lab in use by another process is left alone: the next of that name is called otherwise', async () => {
    const source = `import { startLab } from ${JSON.stringify(join(import.meta.dirname, 'startLab.ts'))}; await startLab({ name: '${killed}', hosts: 1 }); console.log('up'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const refused = await command('up', '--hosts', '1', '--name', killed);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`in use by process ${child.pid}`);
    const second = await startLab({ name: killed, hosts: 1 });
    expect(second.description().name).toBe(`${killed}-2`);
    expect((await readLab(killed))?.owner?.pid).toBe(child.pid);
    await second.down();
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await destroyLab(killed);
  });

  it('the command prints one JSON value, builds anew over a running lab, and outlives itself', async () => {
    const first = await command('up', '--hosts', '2', '--name', left, '--refusing', 'host-b');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      name: left,
      hosts: [{ streamLocalForwarding: true }, { streamLocalForwarding: false }],
    });
    const again = await command('up', '--hosts', '1', '--guests', '1', '--name', left);
    expect(again.exitCode, again.stderr).toBe(0);
    const status = await command('status', '--name', left);
    expect(JSON.parse(status.stdout)).toMatchObject({
      hosts: [{ running: true }],
      guests: [{ answers: true }],
    });
    expect((await command('cut', 'host-a', '--name', left)).exitCode).toBe(0);
    expect((await command('heal', 'host-a', '--name', left)).exitCode).toBe(0);
    expect(
      JSON.parse((await command('link', 'host-a', '--rate', '50', '--name', left)).stdout),
    ).toMatchObject({ rateMbit: 50 });
    expect((await command('down', '--name', left)).exitCode).toBe(0);
    const { index } = JSON.parse(again.stdout) as { index: number };
    expect(await remainsOf(left, index)).toEqual(nothing);
  });

  it('says what is wrong, with 2 for wrong usage and 1 for what could not be done', async () => {
    expect(await command('up', '--name', left)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await command('up', '--hosts', 'two')).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await command('link', 'host-a', '--rate', '-1')).toMatchObject({ exitCode: 2, stdout: '' });
    const absent = await command('kill', 'host-a', '--name', 'no-such-lab');
    expect(absent).toMatchObject({ exitCode: 1, stdout: '' });
    expect(absent.stderr).toContain('There is no lab named "no-such-lab"');
    expect((await command('up', '--hosts', '0', '--name', left)).stderr).toContain('1 to 20 hosts');
  });
});
