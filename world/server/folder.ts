import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';

const worldInfoSchema = z
  .object({
    pid: z.number().int(),
    protocol: z.number().int(),
    version: z.string(),
    socketPath: z.string(),
    scenario: z.string(),
    title: z.string(),
    seed: z.number().int(),
    startedAt: z.number(),
  })
  .readonly();

/** What a world says of itself in its folder, for who looks for it. Written once it answers. */
export type WorldInfo = z.infer<typeof worldInfoSchema>;

const longestSocketPath = 100;
const names = { info: 'world.json', state: 'state.json', lock: 'world.db', log: 'world.log' } as const;

/** Where one world is kept, held by one process at a time. */
export class WorldFolder {
  readonly path: string;
  readonly socketPath: string;
  readonly #lock: Database.Database;

  /**
   * The lock is the operating system's, so it goes with its process, however that ends.
   * @throws DroverError `data-folder-busy` where another process has it, `data-folder-unusable`
   */
  constructor(folder: string) {
    this.path = resolve(folder);
    this.#lock = acquire(this.path);
    // Of one that was killed: nobody is to look for it any more.
    rmSync(join(this.path, names.info), { force: true });
    try {
      this.socketPath = socketPathOf(this.path);
    } catch (thrown) {
      letGo(this.#lock);
      throw thrown;
    }
  }

  writeInfo(info: WorldInfo): void {
    this.#write(names.info, JSON.stringify(info));
  }

  /** The text as it was kept, or undefined where nothing was. */
  readState(): string | undefined {
    const path = join(this.path, names.state);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  writeState(text: string): void {
    this.#write(names.state, text);
  }

  /** Gives it back; with `forget` what was kept goes, too. */
  release(forget: boolean): void {
    rmSync(join(this.path, names.info), { force: true });
    if (forget) rmSync(join(this.path, names.state), { force: true });
    letGo(this.#lock);
    if (!forget) return;
    for (const name of [names.lock, names.log, 'socket']) {
      rmSync(join(this.path, name), { force: true, recursive: true });
    }
  }

  /** Whole or not at all. */
  #write(name: string, text: string): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function acquire(folder: string): Database.Database {
  const tried = `Start a simulated cluster in ${folder}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = new Database(join(folder, names.lock), { timeout: 200 });
    try {
      // Not by locking_mode: with it a handle that is refused keeps what it had of the lock, and two refuse each other.
      lock.exec('BEGIN EXCLUSIVE');
      return lock;
    } catch (thrown) {
      lock.close();
      throw thrown;
    }
  } catch (thrown) {
    const cause = thrown instanceof Error ? thrown.message : String(thrown);
    const isBusy = /SQLITE_BUSY|database is locked/i.test(cause);
    throw new DroverError({
      code: isBusy ? 'data-folder-busy' : 'data-folder-unusable',
      tried,
      cause: isBusy ? `${runningThere(folder)} runs there already` : cause,
      next: isBusy
        ? 'Use that one, or choose another folder'
        : 'Check the rights and the room of that folder',
      source: thrown,
    });
  }
}

/** Closing alone leaves the lock with the handle until it is collected; whoever comes next must not wait for that. */
function letGo(lock: Database.Database): void {
  lock.exec('ROLLBACK');
  lock.close();
}

function runningThere(folder: string): string {
  try {
    const info = worldInfoSchema.parse(JSON.parse(readFileSync(join(folder, names.info), 'utf8')));
    return `a world (${info.title}, process ${info.pid})`;
  } catch {
    return 'another world';
  }
}

/** Short enough for a UNIX socket wherever the folder lies, in a folder that is this user's alone. */
function socketPathOf(folder: string): string {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\drover-world-${hash}`;
  const inside = join(folder, 'socket');
  if (join(inside, 'world.sock').length <= longestSocketPath)
    return join(privateFolder(inside), 'world.sock');
  const base = process.env['XDG_RUNTIME_DIR'] ?? tmpdir();
  return join(privateFolder(join(base, `drover-world-${process.getuid?.() ?? 0}-${hash}`)), 'world.sock');
}

/** In a folder that everybody may write to somebody else may have been there first. */
function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && isOurs && (found.mode & 0o077) === 0) return path;
  throw new DroverError({
    code: 'data-folder-unusable',
    tried: `Open a local socket in ${path}`,
    cause: isOurs ? 'others may enter that folder' : 'that folder belongs to somebody else',
    next: 'Remove it, or choose a data folder with a shorter path',
  });
}
