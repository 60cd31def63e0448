import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { readWorldInfo } from '../../electron/backend/simulation/worldFolder.ts';

/** The process of the one world that is kept in a data folder. */
export async function worldPid(dataFolder: string): Promise<number> {
  const places = join(dataFolder, 'worlds');
  const [only, ...more] = await readdir(places);
  const info = only === undefined ? undefined : readWorldInfo(join(places, only));
  if (info === undefined || more.length > 0) throw new Error(`${places} does not hold one world that runs`);
  return info.pid;
}

/** Every process whose command names a world of this data folder: the desktop app's is several. */
async function worldProcesses(dataFolder: string): Promise<readonly number[]> {
  const mark = join(dataFolder, 'worlds');
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // It may have ended meanwhile.
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(mark)) found.push(Number(name));
  }
  return found;
}

export async function expectNoWorld(dataFolder: string): Promise<void> {
  await expect.poll(() => worldProcesses(dataFolder), { timeout: 30_000 }).toEqual([]);
}

/** For the end of a test, however it went: a world outlives Drover, and must not outlive the test. */
export async function endWorlds(dataFolder: string): Promise<void> {
  for (const pid of await worldProcesses(dataFolder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  await expectNoWorld(dataFolder);
}
