import { app, BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { z } from 'zod';
import { consoleWindowSchema, pagePreferencesPatchSchema } from '#shared/contract/desktopShell.ts';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import type { BackendHost } from './backendHost.ts';
import type { ConsoleWindows } from './consoleWindows.ts';
import type { PagePorts } from './pagePorts.ts';
import type { PreferenceStore } from './preferences.ts';
import { openLinkedSite } from './security.ts';
import { isTrustedSender } from './trustedSender.ts';

export interface ShellParts {
  readonly backend: BackendHost;
  readonly ports: PagePorts;
  readonly preferences: PreferenceStore;
  readonly consoles: ConsoleWindows;
}

/** Everything a page may ask the shell. Whoever is not our page is not answered; whatever it sends is parsed. */
export function answerPages({ backend, ports, preferences, consoles }: ShellParts): void {
  ipcMain.on(shellChannels.hello, (event) => {
    // A synchronous question: it must have an answer, or the page would hang.
    event.returnValue = isTrustedSender(event)
      ? { version: app.getVersion(), preferences: preferences.page() }
      : null;
  });
  on(shellChannels.ready, (event) => ports.welcome(event.sender));
  handle(shellChannels.preferences, (patch) =>
    patch === undefined
      ? preferences.page()
      : preferences.changePage(pagePreferencesPatchSchema.parse(patch)),
  );
  handle(shellChannels.backendRetry, () => backend.retry());
  handle(shellChannels.openConsole, (wanted) => consoles.show(consoleWindowSchema.parse(wanted)));
  handle(shellChannels.openExternal, async (address) => await openLinkedSite(z.string().parse(address)));
  preferences.onPageChange((page) => {
    for (const window of BrowserWindow.getAllWindows()) {
      window.webContents.send(shellChannels.preferencesChanged, page);
    }
  });
}

function on(channel: string, hear: (event: IpcMainEvent) => void): void {
  ipcMain.on(channel, (event) => {
    if (isTrustedSender(event)) hear(event);
  });
}

function handle(channel: string, answer: (input: unknown) => unknown): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent, input: unknown) => {
    if (!isTrustedSender(event)) {
      throw new Error(`${channel} was asked by a page that is not Drover's. Close that window.`);
    }
    return answer(input);
  });
}
