import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { buildOrExit } from './build.mjs';
import { displayProblem, libraryProblem, sandboxProblem } from './desktopReadiness.mjs';
import { findElectron } from './electronRuntime.mjs';
import { runCommand } from './runCommand.mjs';

// `npm start [-- --data DIR]`: the desktop app, or the console in a browser where no window can be shown.
const root = resolve(import.meta.dirname, '..');
const words = process.argv.slice(2);
const say = (line) => console.error(line);

await buildOrExit({ log: say });
const desktop = await readyDesktop();
if ('problem' in desktop) {
  say(`Drover opens in the browser instead of a window, because ${desktop.problem}.`);
  await runCommand(['serve', ...words]);
} else {
  process.exitCode = await runDesktop(desktop.electron);
}

/** The cheapest questions first: nothing is downloaded for a machine without a display. */
async function readyDesktop() {
  const noDisplay = await displayProblem();
  if (noDisplay !== undefined) return { problem: noDisplay };
  const electron = await findElectron({ log: say });
  if ('reason' in electron) return { problem: electron.reason };
  const problem = (await libraryProblem(electron.path)) ?? (await sandboxProblem(electron.folder));
  return problem === undefined ? { electron } : { problem };
}

async function runDesktop(electron) {
  const env = { ...process.env };
  if (process.getuid?.() === 0 && !env.ELECTRON_DISABLE_SANDBOX) {
    say(
      'You are root, for whom Chromium has no sandbox: this run is without it. Start Drover as an ordinary user.',
    );
    env.ELECTRON_DISABLE_SANDBOX = '1';
  }
  // In a process group of its own: Chromium dies of a second signal, so Ctrl-C must reach it through us alone.
  const child = spawn(electron.path, [root, ...words], { stdio: 'inherit', env, detached: true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return await new Promise((resolveCode) => {
    child.once('error', (error) => {
      say(`Start ${electron.path}: ${error.message}. Remove ${electron.folder} and run npm start again.`);
      resolveCode(1);
    });
    child.once('exit', (code, signal) => resolveCode(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
