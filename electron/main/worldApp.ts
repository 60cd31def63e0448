import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { app } from 'electron';
import type { WorldStart } from './backendMessages.ts';

const worldFlag = '--world';
/** Without a display, a graphics process, or a share in the desktop's session: it outlives all of these. */
const switches = {
  linux: ['--ozone-platform=headless', '--disable-gpu'],
  other: ['--disable-gpu'],
} as const;

/**
 * This app itself starts as a simulated world, since an installed one cannot be run as Node. Of an AppImage its file is
 * started: what it is mounted as goes with the window.
 */
export function desktopWorldProgram(): WorldStart {
  return {
    command: process.env['APPIMAGE'] ?? process.execPath,
    words: [
      ...(app.isPackaged ? [] : [app.getAppPath()]),
      ...(process.platform === 'linux' ? switches.linux : switches.other),
      // Where this process may not have a sandbox, neither may that one.
      ...process.argv.filter((word) => word === '--no-sandbox'),
      worldFlag,
    ],
    environment: {},
  };
}

/** The world's own words; undefined for an ordinary start. */
export function worldWords(argv: readonly string[]): readonly string[] | undefined {
  const at = argv.indexOf(worldFlag);
  return at < 0 ? undefined : argv.slice(at + 1);
}

/** Becomes a world: no window, no lock on a data folder, and a profile of its own, inside the world's folder. */
export function beWorld(words: readonly string[], mainFolder: string): void {
  const { values } = parseArgs({ args: [...words], strict: false, options: { folder: { type: 'string' } } });
  const folder = typeof values.folder === 'string' ? resolve(values.folder) : undefined;
  if (folder !== undefined) {
    const profile = join(folder, 'profile');
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    app.setPath('userData', profile);
  }
  app.disableHardwareAcceleration();
  app.dock?.hide();
  // Chromium makes a plain quit of a signal; the world wants to keep what it is first, and then ends the process.
  app.on('before-quit', (event) => {
    event.preventDefault();
    process.emit('SIGTERM');
  });
  const program = join(mainFolder, '..', 'node', 'world.js');
  process.argv = [process.execPath, program, ...words];
  import(pathToFileURL(program).href).catch((thrown: unknown) => {
    console.error(thrown);
    app.exit(1);
  });
}
