import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from './labError.ts';
import { withLock } from './lock.ts';
import { labFolder, labsFolder } from './places.ts';
import { runProgram } from './runProgram.ts';

const indexFolder = join(labsFolder, 'index');
const routesSchema = z.array(z.object({ dst: z.string() }));

/** Gives the lab a number K of its own, 1 to 254, whose network 10.77.K.0/24 nothing else on this machine uses. */
export function reserveIndex(name: string): Promise<number> {
  return withLock(join(labsFolder, 'index.lock'), 20_000, async () => {
    await mkdir(indexFolder, { recursive: true, mode: 0o700 });
    const taken = new Set<number>();
    for (const entry of await readdir(indexFolder)) {
      const owner = await readFile(join(indexFolder, entry), 'utf8');
      if (owner === name || !existsSync(labFolder(owner))) await rm(join(indexFolder, entry));
      else taken.add(Number(entry));
    }
    const routes = routesSchema.parse(
      JSON.parse(await runProgram(['ip', '-j', '-4', 'route', 'show', 'table', 'all'])),
    );
    for (const { dst } of routes) {
      const third = /^10\.77\.(\d+)\./.exec(dst)?.[1];
      if (third !== undefined) taken.add(Number(third));
    }
    for (let index = 1; index < 255; index++) {
      if (taken.has(index)) continue;
      // The folder first: a reservation whose lab has no folder counts as given up.
      await mkdir(labFolder(name), { recursive: true, mode: 0o700 });
      await writeFile(join(indexFolder, String(index)), name);
      return index;
    }
    throw new LabError(
      'All 254 networks 10.77.K.0/24 are in use on this machine. End labs with `npm run lab -- down --name NAME`.',
    );
  });
}

export async function releaseIndex(name: string): Promise<void> {
  if (!existsSync(indexFolder)) return;
  for (const entry of await readdir(indexFolder))
    if ((await readFile(join(indexFolder, entry), 'utf8').catch(() => '')) === name)
      await rm(join(indexFolder, entry), { force: true });
}

/** Removes the labs' common folders once nothing is in them. Under the lock that reserving takes, which makes them. */
export async function tidyFolders(): Promise<void> {
  const unlessFilled = (folder: string): Promise<void> => rmdir(folder).catch(() => undefined);
  await withLock(join(labsFolder, 'index.lock'), 20_000, async () => {
    for (const part of ['index', 'labs', 'failed', 'locks']) await unlessFilled(join(labsFolder, part));
  });
  await unlessFilled(labsFolder);
}
