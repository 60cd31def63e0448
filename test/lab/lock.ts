import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './labError.ts';
import { isAlive, ownProcess, parseProcess } from './processIdentity.ts';

/**
 * Runs `work` while this process alone holds `file`, between processes. A lock whose process is gone is taken over.
 * Waits up to `deadlineMs`, then LabError.
 */
export async function withLock<T>(file: string, deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + deadlineMs;
  while (!(await take(file))) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    const holder = text === undefined ? undefined : parseProcess(text);
    if (text !== undefined && (holder === undefined || !isAlive(holder))) {
      await takeAway(file, text);
      continue;
    }
    if (performance.now() > end)
      throw new LabError(
        `${file} has been held by process ${holder?.pid ?? '(just gone)'} for ${deadlineMs} ms. If no lab is being built, remove that file.`,
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
async function takeAway(file: string, text: string): Promise<void> {
  const aside = besideOf(file);
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

const besideOf = (file: string): string => `${file}.${randomUUID()}`;

/** Written beside its place and linked there whole: whoever is killed meanwhile leaves no lock without a holder. */
async function take(file: string): Promise<boolean> {
  const written = besideOf(file);
  try {
    await writeFile(written, JSON.stringify(ownProcess()));
    await link(written, file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return false;
    // Never there yet, or tidied away a moment ago.
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await take(file);
  } finally {
    await rm(written, { force: true });
  }
}
