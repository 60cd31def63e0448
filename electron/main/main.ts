import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, session } from 'electron';
import { registerAppScheme, serveAppScheme } from './appScheme.ts';
import { backendProgram, startBackendHost } from './backendHost.ts';
import { ConsoleWindows } from './consoleWindows.ts';
import { type LaunchOptions, launchOptions } from './launchOptions.ts';
import { showMenu } from './menu.ts';
import { PagePorts } from './pagePorts.ts';
import { openPreferences } from './preferences.ts';
import { guardQuitting } from './quitting.ts';
import { openSecrets } from './secrets.ts';
import { denyPermissions, lockDownPages } from './security.ts';
import { answerPages } from './shellRequests.ts';
import { openWindow, preloadProgram } from './window.ts';
import { beWorld, desktopWorldProgram, worldWords } from './worldApp.ts';

// All of this must have happened before the app is ready, so nothing in this file is awaited.
const here = import.meta.dirname;
const launch = launchOptions(process.argv.slice(1), process.cwd());
const world = worldWords(process.argv);

if (world !== undefined) beWorld(world, here);
else if (useDataFolder(launch)) {
  registerAppScheme();
  lockDownPages();
  if (app.requestSingleInstanceLock()) {
    void app
      .whenReady()
      .then(() => open(launch))
      .catch(giveUp);
  } else {
    console.error(`Drover is open already for ${launch.dataFolder}; its window comes to the front.`);
    app.exit(0);
  }
}

/** Chromium's profile lives in the data folder, so the single-instance lock is one for each data folder. */
function useDataFolder({ desktopFolder, dataFolder }: LaunchOptions): boolean {
  try {
    mkdirSync(desktopFolder, { recursive: true, mode: 0o700 });
    app.setPath('userData', desktopFolder);
    return true;
  } catch (error) {
    giveUp(
      `Use the data folder ${dataFolder}: ${error instanceof Error ? error.message : String(error)}. Choose another with --data.`,
    );
    return false;
  }
}

function open({ dataFolder, desktopFolder }: LaunchOptions): void {
  const preferences = openPreferences(desktopFolder, Date.now());
  nativeTheme.themeSource = preferences.page().theme;
  preferences.onPageChange((page) => {
    nativeTheme.themeSource = page.theme;
  });
  serveAppScheme(session.defaultSession, join(here, '..', 'renderer'));
  denyPermissions(session.defaultSession);

  const backend = startBackendHost({
    dataFolder,
    program: backendProgram(here),
    secrets: openSecrets(desktopFolder),
    worldProgram: desktopWorldProgram(),
  });
  const ports = new PagePorts(backend);
  const windowOptions = {
    preferences,
    preload: preloadProgram(here),
    icon: join(app.getAppPath(), 'resources', 'icons', '512x512.png'),
  };
  const consoles = new ConsoleWindows(windowOptions);
  answerPages({ backend, ports, preferences, consoles });

  const showWindow = () => openWindow(windowOptions);
  const quitting = guardQuitting(backend, showWindow);
  showMenu({ preferences, launch, openWindow: showWindow, quit: quitting.ask });
  showWindow();

  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? showWindow();
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) showWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') quitting.ask();
  });
}

function giveUp(problem: unknown): void {
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  console.error(text);
  // Not showErrorBox, which would block and so be deaf to a signal.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.exit(1));
  app.on('before-quit', () => app.exit(1));
  void app
    .whenReady()
    .then(() => dialog.showMessageBox({ type: 'error', title: 'Drover cannot start', message: text }))
    .finally(() => app.exit(1));
}
