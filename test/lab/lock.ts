import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './labError.ts';
import { isAlive, ownProcess, type ProcessIdentity, parseProcess } from './processIdentity.ts';

/**
 * Runs `work` while this process alone holds `file`, between processes. A lock whose process is gone is taken over.
 * Waits up to `deadlineMs`, then LabError.
 */
export async function withLock<T>(file: string, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + deadlineMs;
  while (!(await take(file))) {
    const holder = parseProcess(await readFile(file, 'utf8').catch(() => ''));
    if (holder && !isAlive(holder)) {
      await takeAway(file, holder);
      continue;
    }
    if (performance.now() > end)
      throw new LabError(
        `${file} has been held by process ${holder?.pid ?? '(unknown)'} for ${deadlineMs} ms. If no lab is being built, remove that file.`,
      );
    await sleep(50);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Removes a dead holder's lock, but not the one that someone quicker may have put in its place. */
async function takeAway(file: string, holder: ProcessIdentity): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  const taken = parseProcess(await readFile(aside, 'utf8'));
  if (!taken || taken.pid !== holder.pid || taken.startTicks !== holder.startTicks)
    await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** The name of the holder is there from the first moment: a lock without one could never be taken over. */
async function take(file: string): Promise<boolean> {
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(fresh, JSON.stringify(ownProcess()));
    try {
      await link(fresh, file);
    } finally {
      await rm(fresh, { force: true });
    }
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return false;
    // Never there yet, or tidied away a moment ago.
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await take(file);
  }
}
