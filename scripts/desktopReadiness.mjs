import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { runProgram } from './runProgram.mjs';

/** Debian's package of each library that Electron is linked with, by the start of the library's name. */
const packageOfLibrary = [
  ['libX11-xcb.', 'libx11-xcb1'],
  ['libX11.', 'libx11-6'],
  ['libXcomposite.', 'libxcomposite1'],
  ['libXdamage.', 'libxdamage1'],
  ['libXext.', 'libxext6'],
  ['libXfixes.', 'libxfixes3'],
  ['libXrandr.', 'libxrandr2'],
  ['libXss.', 'libxss1'],
  ['libXtst.', 'libxtst6'],
  ['libasound.', 'libasound2'],
  ['libatk-1.0.', 'libatk1.0-0'],
  ['libatk-bridge-2.0.', 'libatk-bridge2.0-0'],
  ['libatspi.', 'libatspi2.0-0'],
  ['libcairo', 'libcairo2'],
  ['libcups.', 'libcups2'],
  ['libdbus-1.', 'libdbus-1-3'],
  ['libdrm.', 'libdrm2'],
  ['libexpat.', 'libexpat1'],
  ['libgbm.', 'libgbm1'],
  ['libgdk-3.', 'libgtk-3-0'],
  ['libgtk-3.', 'libgtk-3-0'],
  ['libgio-2.0.', 'libglib2.0-0'],
  ['libglib-2.0.', 'libglib2.0-0'],
  ['libgobject-2.0.', 'libglib2.0-0'],
  ['libnspr4.', 'libnspr4'],
  ['libnss', 'libnss3'],
  ['libsmime3.', 'libnss3'],
  ['libplc4.', 'libnspr4'],
  ['libplds4.', 'libnspr4'],
  ['libpango', 'libpango-1.0-0'],
  ['libudev.', 'libudev1'],
  ['libxcb.', 'libxcb1'],
  ['libxkbcommon.', 'libxkbcommon0'],
  ['libxshmfence.', 'libxshmfence1'],
];

/** @returns {Promise<string | undefined>} why a window cannot be shown here, as a clause; undefined when it can */
export async function displayProblem(environment = process.env, platform = process.platform) {
  if (platform !== 'linux') return undefined;
  if (environment.WAYLAND_DISPLAY) return undefined;
  const display = environment.DISPLAY;
  if (!display) return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  const address = displayAddress(display);
  if (address === undefined || (await answers(address))) return undefined;
  return `the display ${display} does not answer`;
}

/** Where the X server of a DISPLAY listens; undefined when that cannot be told, and then Electron finds out. */
function displayAddress(display) {
  const parts = /^(?:unix)?([^:]*):(\d+)(?:\.\d+)?$/.exec(display);
  if (parts === null) return undefined;
  const [, host, number] = parts;
  if (host === '') return { path: `/tmp/.X11-unix/X${number}` };
  return { host, port: 6000 + Number(number) };
}

async function answers(address) {
  if (address.path !== undefined && !existsSync(address.path)) {
    // X may listen under the abstract name alone, which Node 20 cannot be asked about.
    return await hasAbstractSocket(address.path);
  }
  return await new Promise((resolve) => {
    const socket = connect(address);
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(3_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function hasAbstractSocket(path) {
  return (await readFile('/proc/net/unix', 'utf8').catch(() => '')).includes(`@${path}\n`);
}

/** @returns {Promise<string | undefined>} which shared libraries Electron lacks here and how to get them, as a clause */
export async function libraryProblem(program) {
  if (process.platform !== 'linux') return undefined;
  const { output, ok } = await runProgram('ldd', [program], { deadlineMs: 20_000 });
  if (!ok) return undefined;
  const missing = [...output.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
  if (missing.length === 0) return undefined;
  const packages = new Set(missing.map(packageOf).filter((name) => name !== undefined));
  const advice =
    packages.size === 0
      ? 'install the packages that hold them'
      : `on Debian or Ubuntu run "sudo apt-get install ${[...packages].sort().join(' ')}"`;
  return `Electron lacks ${missing.length === 1 ? 'a library' : 'libraries'} (${missing.join(', ')}); ${advice}`;
}

const packageOf = (library) => packageOfLibrary.find(([start]) => library.startsWith(start))?.[1];

/**
 * Chromium's sandbox wants unprivileged user namespaces, or its helper owned by root with the set-user-id bit.
 * @returns {Promise<string | undefined>} why an ordinary user has neither, as a clause with the cure
 */
export async function sandboxProblem(folder) {
  if (process.platform !== 'linux' || process.getuid() === 0) return undefined;
  const helper = join(folder, 'chrome-sandbox');
  if (existsSync(helper)) {
    const { uid, mode } = statSync(helper);
    if (uid === 0 && (mode & 0o4000) !== 0) return undefined;
  }
  // What Chromium does: a user namespace in which it maps itself.
  const namespaces = await runProgram('unshare', ['--map-root-user', 'true'], { deadlineMs: 5_000 });
  if (namespaces.ok) return undefined;
  return `this system lets no ordinary user make the sandbox; run "sudo chown root:root ${helper} && sudo chmod 4755 ${helper}"`;
}
