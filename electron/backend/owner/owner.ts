import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { type FolderLock, lockFolder } from '../../../machine/folderLock.ts';
import { makePrivateFolder, whyNotPrivate } from '../../../machine/privateFolder.ts';
import { isPipe, socketPathOf } from '../../../machine/socketPath.ts';
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

const lockPatienceMs = 500;
const pingMs = 2000;

/**
 * Makes this process the one owner of a data folder, until it releases it or dies (`lockFolder`, on
 * owner.db). Throws `data-folder-busy` where another process has it.
 */
export function becomeOwner(dataFolder: string, mode: OwnerMode, now: number): Owner {
  const folder = resolve(dataFolder);
  const tried = `Open the data folder ${folder}`;
  const lock = acquire(folder, tried);
  const infoPath = join(folder, 'owner.json');
  const socketPath = ownerSocketOf(folder);
  const info: OwnerInfo = { pid: process.pid, mode, startedAt: now, socketPath };
  try {
    if (isElsewhere(folder, socketPath)) holdFolder(dirname(socketPath), tried);
    writeFileSync(infoPath, JSON.stringify(info), { mode: 0o600 });
  } catch (thrown) {
    lock.release();
    throw explain(tried, thrown);
  }
  return {
    info,
    release() {
      rmSync(infoPath, { force: true });
      lock.release();
    },
  };
}

/** The owner that answers on its socket, if there is one; a file left by a dead one is not believed. */
export async function findOwner(dataFolder: string): Promise<OwnerInfo | undefined> {
  const folder = resolve(dataFolder);
  const info = readInfo(folder);
  if (info === undefined) return undefined;
  // Where anybody may make folders, who listens in somebody else's is not believed.
  if (isElsewhere(folder, info.socketPath) && whyNotPrivate(dirname(info.socketPath)) !== undefined)
    return undefined;
  return (await answers(info.socketPath)) ? info : undefined;
}

/** Beside the data folder, for want of a short enough path in it. */
function isElsewhere(folder: string, socketPath: string): boolean {
  return !isPipe(socketPath) && !socketPath.startsWith(folder + sep);
}

/** Throws where somebody else was there first. */
function holdFolder(folder: string, tried: string): void {
  if (makePrivateFolder(folder) === undefined) return;
  throw new DroverError({
    code: 'data-folder-unusable',
    tried,
    cause: `its path is too long for a socket in it, and ${folder}, where the socket would be, is not this user's alone`,
    next: 'Remove that folder, set XDG_RUNTIME_DIR, or choose a data folder with a shorter path',
  });
}

/** Where the owner of a data folder listens, whether there is one or not. */
export function ownerSocketOf(dataFolder: string): string {
  return socketPathOf(dataFolder, { program: 'drover', file: 'drover.sock' });
}

function acquire(folder: string, tried: string): FolderLock {
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(folder, 'owner.db', lockPatienceMs);
  } catch (thrown) {
    throw explain(tried, thrown);
  }
  if (lock === undefined) throw busy(folder, tried);
  return lock;
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
