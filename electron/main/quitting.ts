import { app, type BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import type { BackendHost } from './backendHost.ts';
import { quitQuestion } from './quitQuestion.ts';

/**
 * Nothing that runs is cut off by a stray click: quitting asks first while tasks run, then lets the backend stop.
 * A signal is an order and is not asked about; the journal finishes or undoes those tasks at the next start.
 */
export function guardQuitting(backend: BackendHost, parent: () => BrowserWindow | undefined): void {
  let agreed = false;
  let leaving = false;

  async function leave(): Promise<void> {
    if (leaving) return;
    leaving = true;
    if (!agreed && !(await agrees(backend, parent()))) {
      leaving = false;
      return;
    }
    agreed = true;
    await backend.stop();
    app.exit(0);
  }

  app.on('before-quit', (event) => {
    event.preventDefault();
    void leave();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      agreed = true;
      void leave();
    });
  }
}

async function agrees(backend: BackendHost, parent: BrowserWindow | undefined): Promise<boolean> {
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
  const { response } =
    parent === undefined
      ? await dialog.showMessageBox(options)
      : await dialog.showMessageBox(parent, options);
  return response === 1;
}
