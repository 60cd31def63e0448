import { app, BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import type { BackendHost } from './backendHost.ts';
import { quitQuestion } from './quitQuestion.ts';

export interface Quitting {
  /** Asks first while tasks run; then lets the backend stop and ends the app. */
  readonly ask: () => void;
}

/**
 * Nothing that runs is cut off by a stray click. A signal is an order and is not asked about, even while the question
 * is open; the journal finishes or undoes those tasks at the next start. `reopen` gives the operator who cancels a
 * window again.
 */
export function guardQuitting(backend: BackendHost, reopen: () => void): Quitting {
  let asking = false;
  let going = false;

  async function go(): Promise<void> {
    if (going) return;
    going = true;
    try {
      await backend.stop();
    } finally {
      app.exit(0);
    }
  }

  async function ask(): Promise<void> {
    if (asking || going) return;
    asking = true;
    try {
      if (await agrees(backend)) await go();
      else if (BrowserWindow.getAllWindows().length === 0) reopen();
    } finally {
      asking = false;
    }
  }

  app.on('before-quit', (event) => {
    event.preventDefault();
    // Chromium turns signals into a plain quit, mostly before Node sees them. Elsewhere than on Linux a quit without
    // `ask` is also what the Dock and the system's own menu do.
    if (process.platform === 'linux') void go();
    else void ask();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void go());
  return { ask: () => void ask() };
}

async function agrees(backend: BackendHost): Promise<boolean> {
  const question = quitQuestion(await backend.countRunningTasks());
  if (question === undefined) return true;
  const options: MessageBoxOptions = {
    type: 'warning',
    title: 'Quit Drover',
    ...question,
    buttons: ['Cancel', 'Quit Drover'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const parent = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  const { response } =
    parent === undefined
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(parent, options);
  return response === 1;
}
