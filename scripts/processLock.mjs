import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const pollMs = 200;
/** A lock folder without its owner's file is either being made this instant or was left by a kill in between. */
const ownerlessForMs = 5_000;

/**
 * Runs `work` while holding `folder` as a lock between processes. A lock whose owner is gone is taken over.
 * @param {string} folder  @param {number} deadlineMs  @param {() => Promise<T>} work  @returns {Promise<T>} @template T
 */
export async function withProcessLock(folder, deadlineMs, work) {
  const until = Date.now() + deadlineMs;
  await mkdir(dirname(folder), { recursive: true });
  for (;;) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (await isStale(folder)) {
      await rm(folder, { recursive: true, force: true });
      continue;
    }
    if (Date.now() > until)
      throw new Error(
        `Another process has held ${folder} for ${Math.round(deadlineMs / 1000)} s. If none is running, remove that folder.`,
      );
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    await writeFile(join(folder, 'pid'), String(process.pid));
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isStale(folder) {
  try {
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return await isOlderThan(folder, ownerlessForMs);
    return !isAlive(pid);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return await isOlderThan(folder, ownerlessForMs);
  }
}

async function isOlderThan(folder, ageMs) {
  try {
    return Date.now() - (await stat(folder)).mtimeMs > ageMs;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
