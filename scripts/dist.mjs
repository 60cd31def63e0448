import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { findElectron } from './electronRuntime.mjs';
import { packageProblems } from './packageContents.mjs';

const root = resolve(import.meta.dirname, '..');
const releaseConfig = 'electron-builder.release.yml';

/**
 * Packs the app into a folder that starts by itself, with the Electron at hand, and checks what is in it.
 * @param {{ log?: (line: string) => void, output?: string, release?: boolean }} [options] `output` defaults to dist/; `release`: as installers hold it, with its fuses
 * @returns {Promise<{ folder: string, program: string, electronVersion: string }>} throws when it cannot or holds what it should not
 */
export async function packFolder({ log = () => {}, output = join(root, 'dist'), release = false } = {}) {
  await build({ log });
  const electron = await findElectron({ log });
  if ('reason' in electron) throw new Error(`There is no Electron to pack Drover with: ${electron.reason}.`);
  const plain = join(output, '.electron');
  await copyPlainElectron(electron.folder, plain);
  try {
    const overrides = [
      `-c.electronDist=${plain}`,
      `-c.electronVersion=${electron.version}`,
      `-c.directories.output=${output}`,
    ];
    const config = release ? ['--config', releaseConfig] : [];
    const code = await electronBuilder([...config, '--dir', '--publish', 'never', ...overrides], 'pipe');
    if (code !== 0) throw new Error(`electron-builder ended with exit code ${code}; what it said is above.`);
  } finally {
    await rm(plain, { recursive: true, force: true });
  }
  const packed = packedApp(output);
  const problems = packageProblems(packed.asar);
  if (problems.length > 0) throw new Error(`The package is not as it should be:\n${problems.join('\n')}`);
  return { folder: packed.folder, program: packed.program, electronVersion: electron.version };
}

/** Without the loader of the npm-hosted runtime, which would be found before app.asar. A copy, since fuses are flipped in place. */
async function copyPlainElectron(from, to) {
  await rm(to, { recursive: true, force: true });
  const loader = join(from, 'resources', 'app');
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== loader });
}

function packedApp(output) {
  if (process.platform === 'darwin') {
    const folder = join(output, process.arch === 'arm64' ? 'mac-arm64' : 'mac', 'Drover.app');
    return {
      folder,
      program: join(folder, 'Contents', 'MacOS', 'drover-desktop'),
      asar: join(folder, 'Contents', 'Resources', 'app.asar'),
    };
  }
  const isWindows = process.platform === 'win32';
  const suffix = process.arch === 'x64' ? '' : `${process.arch}-`;
  const folder = join(output, `${isWindows ? 'win' : 'linux'}-${suffix}unpacked`);
  const program = join(folder, isWindows ? 'drover-desktop.exe' : 'drover-desktop');
  if (!existsSync(program)) throw new Error(`electron-builder left no ${program}.`);
  return { folder, program, asar: join(folder, 'resources', 'app.asar') };
}

/** @param {readonly string[]} words @param {'inherit' | 'pipe'} output 'pipe' shows it on standard error @returns {Promise<number>} exit code */
async function electronBuilder(words, output) {
  const cli = createRequire(import.meta.url).resolve('electron-builder/cli.js');
  return await new Promise((resolveCode, reject) => {
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: root,
      stdio: ['ignore', output === 'pipe' ? 2 : 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => resolveCode(code ?? 1));
  });
}

// `npm run dist -- --dir [--output FOLDER] [--release]` for a folder to try and test; `npm run dist -- --linux deb` (or
// --win, --mac) for installers.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  if (words.includes('--dir')) {
    try {
      const { output, release } = parseArgs({
        args: words,
        options: {
          dir: { type: 'boolean' },
          output: { type: 'string', default: join(root, 'dist') },
          release: { type: 'boolean', default: false },
        },
      }).values;
      const packed = await packFolder({ log: console.error, output: resolve(output), release });
      console.log(JSON.stringify(packed, undefined, 2));
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  } else {
    await build({ log: console.error });
    process.exitCode = await electronBuilder(['--config', releaseConfig, ...words], 'inherit');
  }
}
