import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withProcessLock } from './processLock.mjs';

const root = resolve(import.meta.dirname, '..');
const out = join(root, 'out');

/**
 * Each part, what it is made of, and the folders of out/ it fills. A part whose inputs hash to what was built last is
 * left alone; `needs` is a source without which there is nothing to build yet.
 */
const parts = [
  {
    name: 'node',
    config: 'vite.node.config.ts',
    inputs: ['electron', 'machine', 'shared', 'world'],
    needs: 'electron',
    folders: ['main', 'node'],
  },
  {
    name: 'preload',
    config: 'vite.preload.config.ts',
    inputs: ['electron/preload', 'shared'],
    needs: 'electron/preload/preload.ts',
    folders: ['preload'],
  },
  {
    name: 'renderer',
    config: 'vite.renderer.config.ts',
    inputs: ['renderer', 'shared'],
    needs: 'renderer/index.html',
    folders: ['renderer'],
  },
];

/**
 * Brings out/ up to date with the sources.
 * @param {{ log?: (line: string) => void, force?: boolean, only?: readonly string[] }} [options] what was built is told
 *   to `log`, a line a part; `only` names the parts wanted
 * @returns {Promise<readonly string[]>} the names of the parts that were built
 */
export async function build({ log = () => {}, force = false, only } = {}) {
  const chosen = parts.filter((part) => isThere(part) && (only === undefined || only.includes(part.name)));
  const stale = force ? chosen : await staleOf(chosen);
  if (stale.length === 0) return [];
  return await withProcessLock(join(out, '.lock'), 300_000, async () => {
    // Another process may have built all this while we waited.
    const todo = force ? stale : await staleOf(chosen);
    if (todo.length === 0) return [];
    const vite = await import('vite');
    // All are waited for: the lock must not be given up while one still writes.
    const results = await Promise.allSettled(todo.map((part) => buildPart(vite, part, log)));
    const problems = results.flatMap((result, index) =>
      result.status === 'rejected'
        ? [`Build ${todo[index].name}: ${result.reason?.message ?? result.reason}`]
        : [],
    );
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return todo.map((part) => part.name);
  });
}

/** For programs: what is wrong with the sources is said without a stack of the build tool. */
export async function buildOrExit(options) {
  try {
    return await build(options);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

const isThere = (part) => existsSync(join(root, part.needs));

async function staleOf(candidates) {
  const checked = await Promise.all(
    candidates.map(async (part) => ((await isFresh(part)) ? undefined : part)),
  );
  return checked.filter((part) => part !== undefined);
}

async function isFresh(part) {
  if (!part.folders.every((folder) => existsSync(join(out, folder)))) return false;
  return (await readStamp(part)) === (await hashInputs(part));
}

const stampPath = (part) => join(out, `.${part.name}.sha256`);

async function readStamp(part) {
  try {
    return await readFile(stampPath(part), 'utf8');
  } catch {
    return undefined;
  }
}

/** Built beside its place and then moved there, so that nobody starts half of a build. */
async function buildPart(vite, part, log) {
  const startedAt = performance.now();
  const hash = await hashInputs(part);
  const staging = join(out, `.building-${part.name}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const single = part.folders.length === 1;
  await vite.build({
    configFile: join(root, part.config),
    root: part.name === 'renderer' ? join(root, 'renderer') : root,
    logLevel: 'warn',
    build: { outDir: single ? join(staging, part.folders[0]) : staging },
  });
  await rm(stampPath(part), { force: true });
  for (const folder of part.folders) {
    await rm(join(out, folder), { recursive: true, force: true });
    if (existsSync(join(staging, folder))) await rename(join(staging, folder), join(out, folder));
    else await mkdir(join(out, folder));
  }
  await rm(staging, { recursive: true, force: true });
  await writeFile(stampPath(part), hash);
  log(`Built ${part.name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

async function hashInputs(part) {
  const files = ['package.json', 'package-lock.json', 'scripts/build.mjs', part.config];
  for (const input of part.inputs) files.push(...(await sourceFiles(join(root, input))));
  const hash = createHash('sha256');
  for (const file of files.toSorted((left, right) => (left < right ? -1 : 1))) {
    hash.update(`${file}\0`);
    hash.update(await readFile(join(root, file)).catch(() => 'gone'));
  }
  return hash.digest('hex');
}

async function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await buildOrExit({ log: console.log, force: process.argv.includes('--force') });
  if (built.length === 0) console.log('Nothing changed since the last build.');
}
