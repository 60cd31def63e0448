import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where what was downloaded is kept, outside the tree: DROVER_CACHE, or `drover` in the system's cache folder. */
export function cacheFolder() {
  if (process.env.DROVER_CACHE) return resolve(process.env.DROVER_CACHE);
  if (process.env.XDG_CACHE_HOME) return join(resolve(process.env.XDG_CACHE_HOME), 'drover');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'drover');
  if (process.platform === 'win32' && process.env.LOCALAPPDATA)
    return join(process.env.LOCALAPPDATA, 'drover', 'Cache');
  return join(homedir(), '.cache', 'drover');
}

const failurePath = (what) => join(cacheFolder(), `${what}.failed.json`);

/**
 * The reason why `what` could not be had, if that was found out less than `forMs` ago: an offline machine is then
 * not made to wait for the network at every start.
 */
export async function rememberedFailure(what, forMs) {
  try {
    const { at, reason } = JSON.parse(await readFile(failurePath(what), 'utf8'));
    const ageMs = Date.now() - at;
    return ageMs >= 0 && ageMs < forMs ? reason : undefined;
  } catch {
    return undefined;
  }
}

export async function rememberFailure(what, reason) {
  await mkdir(cacheFolder(), { recursive: true });
  await writeFile(failurePath(what), JSON.stringify({ at: Date.now(), reason }));
}

export async function forgetFailure(what) {
  await rm(failurePath(what), { force: true });
}
