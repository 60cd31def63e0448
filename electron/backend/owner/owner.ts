import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { explain } from '../store/database.ts';

export type OwnerMode = 'desktop' | 'server' | 'command';

const ownerInfoSchema = z
  .object({
    pid: z.number().int(),
    mode: z.enum(['desktop', 'server', 'command']),
    startedAt: z.number(),
    socketPath: z.string(),
  })
  .readonly();

/** What the owner says of itself, for messages and for those who attach. */
export type OwnerInfo = z.infer<typeof ownerInfoSchema>;

export interface Owner {
  readonly info: OwnerInfo;
  release(): void;
}

/** In bytes: a UNIX socket's address has 108, with its end. */
const longestSocketPath = 100;
const pingMs = 2000;

/**
 * Makes this process the one owner of a data folder, until it releases it or dies. The lock is the operating
 * system's, on owner.db: it goes with its process, however that ends, so there is no stale lock to recognise.
 * Throws `data-folder-busy` where another process has it.
 */
export function becomeOwner(dataFolder: string, mode: OwnerMode, now: number): Owner {
  const folder = resolve(dataFolder);
  const tried = `Open the data folder ${folder}`;
  const lock = acquire(folder, tried);
  const infoPath = join(folder, 'owner.json');
  const socketPath = socketPathOf(folder);
  const info: OwnerInfo = { pid: process.pid, mode, startedAt: now, socketPath };
  try {
    if (isElsewhere(folder, socketPath)) holdFolder(dirname(socketPath), tried);
    writeFileSync(infoPath, JSON.stringify(info), { mode: 0o600 });
  } catch (thrown) {
    letGo(lock);
    throw explain(tried, thrown);
  }
  return {
    info,
    release() {
      rmSync(infoPath, { force: true });
      letGo(lock);
    },
  };
}

/** Closing alone leaves the lock with the handle until it is collected; whoever comes next must not wait for that. */
function letGo(lock: Database.Database): void {
  lock.exec('ROLLBACK');
  lock.close();
}

/** The owner that answers on its socket, if there is one; a file left by a dead one is not believed. */
export async function findOwner(dataFolder: string): Promise<OwnerInfo | undefined> {
  const folder = resolve(dataFolder);
  const info = readInfo(folder);
  if (info === undefined) return undefined;
  // Where anybody may make folders, who listens in somebody else's is not believed.
  if (isElsewhere(folder, info.socketPath) && !isOurs(dirname(info.socketPath))) return undefined;
  return (await answers(info.socketPath)) ? info : undefined;
}

/** Beside the data folder, for want of a short enough path in it. A named pipe is no file. */
function isElsewhere(folder: string, socketPath: string): boolean {
  return process.platform !== 'win32' && !socketPath.startsWith(folder + sep);
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return (
    found !== undefined &&
    found.isDirectory() &&
    found.uid === process.getuid?.() &&
    (found.mode & 0o077) === 0
  );
}

/** Makes a folder that nobody else may enter; throws where somebody else was there first. */
function holdFolder(folder: string, tried: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
  if (isOurs(folder)) return;
  throw new DroverError({
    code: 'data-folder-unusable',
    tried,
    cause: `its path is too long for a socket in it, and ${folder}, where the socket would be, is not this user's alone`,
    next: 'Remove that folder, set XDG_RUNTIME_DIR, or choose a data folder with a shorter path',
  });
}

/** Short enough for a UNIX socket wherever the data folder lies; a named pipe on Windows. */
export function socketPathOf(dataFolder: string): string {
  const folder = resolve(dataFolder);
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\drover-${hash}`;
  const inside = join(folder, 'socket', 'drover.sock');
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  const base = process.env['XDG_RUNTIME_DIR'] ?? tmpdir();
  return join(base, `drover-${process.getuid?.() ?? 0}-${hash}`, 'drover.sock');
}

function acquire(folder: string, tried: string): Database.Database {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = new Database(join(folder, 'owner.db'), { timeout: 500 });
    try {
      // Not by locking_mode: with it a handle that is refused keeps what it had of the lock, and two refuse each other.
      lock.exec('BEGIN EXCLUSIVE');
      return lock;
    } catch (thrown) {
      lock.close();
      throw thrown;
    }
  } catch (thrown) {
    if (thrown instanceof Error && /SQLITE_BUSY|database is locked/i.test(thrown.message))
      throw busy(folder, tried);
    throw explain(tried, thrown);
  }
}

function busy(folder: string, tried: string): DroverError {
  // Between an owner's lock and its file there is a moment in which the file is a dead one's.
  const read = readInfo(folder);
  const info = read !== undefined && isAlive(read.pid) ? read : undefined;
  const who = info === undefined ? 'another Drover' : `a Drover (${info.mode}, process ${info.pid})`;
  return new DroverError({
    code: 'data-folder-busy',
    tried,
    cause: `${who} works with it, and only one may`,
    next: 'Use that one, end it, or choose another data folder with --data',
    ...(info === undefined
      ? {}
      : { details: { pid: info.pid, mode: info.mode, socketPath: info.socketPath } }),
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function readInfo(folder: string): OwnerInfo | undefined {
  try {
    return ownerInfoSchema.parse(JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(pingMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
