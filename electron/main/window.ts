import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { pageAddress } from './pageOrigin.ts';
import type { PreferenceStore } from './preferences.ts';
import { type Area, placeOnScreens, smallestWindow } from './windowPlace.ts';

/** The page's own ground, so that a window that has not painted yet does not flash. */
const ground = { light: '#F6F7F9', dark: '#0F1317' } as const;
const keepAfterMs = 400;

export interface WindowOptions {
  readonly preferences: PreferenceStore;
  /** out/preload/preload.cjs */
  readonly preload: string;
  readonly icon: string;
}

/** Opens a window on the console, where and as large as the last one was left. */
export function openWindow({ preferences, preload, icon }: WindowOptions): BrowserWindow {
  const place = placeOnScreens(
    preferences.window(),
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = pageWindow(
    { preload, icon },
    { ...place.position, width: place.width, height: place.height },
    pageAddress,
  );
  if (place.maximized) window.maximize();
  keepPlace(window, preferences);
  return window;
}

/** Every window of Drover is made here, so each is as shut in as any other and shows Drover's own page. */
export function pageWindow(
  { preload, icon }: Pick<WindowOptions, 'preload' | 'icon'>,
  place: Partial<Area>,
  address: string,
): BrowserWindow {
  const window = new BrowserWindow({
    ...place,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Drover',
    icon,
    backgroundColor: currentGround(),
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const recolour = () => window.setBackgroundColor(currentGround());
  nativeTheme.on('updated', recolour);
  window.once('closed', () => nativeTheme.off('updated', recolour));
  void window.loadURL(address).catch((error: unknown) => {
    console.error(
      `Open Drover's page ${address}: ${error instanceof Error ? error.message : String(error)}. Run "npm run build" and start Drover again.`,
    );
  });
  return window;
}

export const preloadProgram = (mainFolder: string) => join(mainFolder, '..', 'preload', 'preload.cjs');

const currentGround = () => (nativeTheme.shouldUseDarkColors ? ground.dark : ground.light);

/** Not at every pixel of a drag, but once it rests; and when it closes. */
function keepPlace(window: BrowserWindow, preferences: PreferenceStore): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    preferences.keepWindow({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, keepAfterMs);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', keep);
  window.once('closed', () => clearTimeout(timer));
}
