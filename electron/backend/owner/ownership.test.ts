import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorDataSchema } from '#shared/contract/errors.ts';
import { listenLocally } from '../../../machine/localSocket.ts';
import { becomeOwner, findOwner, type Owner, ownerSocketOf } from './owner.ts';

const saidSchema = z.union([
  z.object({ owner: z.object({ pid: z.number(), socketPath: z.string() }) }),
  z.object({ refused: errorDataSchema }),
]);
const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'ownerProcess.js');

let folder: string;
let processes: ChildProcess[] = [];
const ends: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-owner-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await Promise.all(processes.map(kill));
  processes = [];
  rmSync(folder, { recursive: true, force: true });
});

async function otherProcess() {
  const child = spawn(process.execPath, [program, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  processes.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: saidSchema.parse(JSON.parse(String(line))) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A socket that nobody listens on any more, as a killed owner leaves it. */
function leaveSocket(path: string): void {
  const listen = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  mkdirSync(dirname(path), { recursive: true });
  spawnSync(process.execPath, ['-e', listen, path]);
}

function own(): Owner {
  const owner = becomeOwner(folder, 'desktop', 1);
  ends.push(() => owner.release());
  return owner;
}

describe('the one owner of a data folder', () => {
  it('refuses a second one, in this process or another, and names the first', async () => {
    own();
    const busy = {
      code: 'data-folder-busy',
      message: expect.stringMatching(
        new RegExp(`^Open the data folder ${folder}: a Drover \\(desktop, process ${process.pid}\\) works`),
      ),
      details: { pid: process.pid, mode: 'desktop', socketPath: ownerSocketOf(folder) },
    };
    expect(() => becomeOwner(folder, 'server', 2)).toThrow(expect.objectContaining(busy));
    expect((await otherProcess()).said).toMatchObject({ refused: busy });
  });

  it('is exactly one of several that start at the same moment', async () => {
    const all = await Promise.all([otherProcess(), otherProcess(), otherProcess()]);
    const owners = all.flatMap(({ said }) => ('owner' in said ? [said.owner] : []));
    const refusals = all.flatMap(({ said }) => ('refused' in said ? [said.refused] : []));
    expect(owners).toHaveLength(1);
    expect(refusals.map(({ code }) => code)).toEqual(['data-folder-busy', 'data-folder-busy']);
    // The winner may not have written its name yet; another's is never given.
    for (const { details } of refusals) expect([undefined, owners[0]?.pid]).toContain(details?.['pid']);
  });

  it('keeps nothing of the lock where it is refused: of several that are in each other’s way the next gets it', async () => {
    // As another is seen that has begun to take the lock.
    const other = new Database(join(folder, 'owner.db'));
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM sqlite_master').get();
    expect(() => becomeOwner(folder, 'command', 1)).toThrow(
      expect.objectContaining({ code: 'data-folder-busy' }),
    );
    other.exec('ROLLBACK');
    other.close();
    const { child, said } = await otherProcess();
    expect(said).toMatchObject({ owner: { pid: child.pid } });
  });

  it('takes over from one that was killed, whose owner.json and socket are still there', async () => {
    const { child, said } = await otherProcess();
    expect(said).toMatchObject({ owner: { pid: child.pid } });
    leaveSocket(ownerSocketOf(folder));
    await kill(child);
    expect(existsSync(join(folder, 'owner.json'))).toBe(true);
    expect(existsSync(ownerSocketOf(folder))).toBe(true);
    expect(await findOwner(folder)).toBeUndefined();

    const owner = own();
    const socket = await listenLocally(owner.info.socketPath, () => undefined);
    ends.unshift(() => socket.close());
    expect(await findOwner(folder)).toEqual(owner.info);
  });

  it.each([
    ['another that is long dead', { pid: 2 ** 22 + 1, mode: 'server', startedAt: 1, socketPath: '/nowhere' }],
    ['no owner at all', { colour: 'green' }],
    ['nothing that can be read', 'not JSON'],
  ])('gives no name of its owner where owner.json speaks of %s', (_what, written) => {
    own();
    writeFileSync(
      join(folder, 'owner.json'),
      typeof written === 'string' ? written : JSON.stringify(written),
    );
    expect(() => becomeOwner(folder, 'server', 2)).toThrow(
      expect.objectContaining({
        code: 'data-folder-busy',
        message: expect.stringContaining('another Drover works with it'),
        details: undefined,
      }),
    );
  });

  it('lets go at once, in this process and for others, and leaves no owner.json', async () => {
    becomeOwner(folder, 'command', 1).release();
    expect(existsSync(join(folder, 'owner.json'))).toBe(false);
    const { child, said } = await otherProcess();
    expect(said).toMatchObject({ owner: { pid: child.pid } });
    const gone = once(child, 'exit');
    child.stdin?.end();
    await gone;
    expect(own().info.pid).toBe(process.pid);
  });

  it('says so where the folder cannot be made', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => becomeOwner(join(file, 'data'), 'server', 1)).toThrow(
      expect.objectContaining({ code: 'data-folder-unusable', message: expect.stringMatching(/ENOTDIR/) }),
    );
  });

  it('has a socket path that fits, however deep the folder is', () => {
    const deep = join(folder, 'deep/'.repeat(30));
    expect(ownerSocketOf(deep).length).toBeLessThanOrEqual(107);
    expect(ownerSocketOf(deep)).not.toBe(ownerSocketOf(`${deep}er`));
  });
});
