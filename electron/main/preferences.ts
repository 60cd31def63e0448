import { join } from 'node:path';
import ElectronStore from 'electron-store';
import { type PagePreferences, type PagePreferencesPatch } from '#shared/contract/desktopShell.ts';
import { type Preferences, rescuePreferences, type WindowPlace } from './preferencesFile.ts';

export interface PreferenceStore {
  readonly page: () => PagePreferences;
  readonly changePage: (patch: PagePreferencesPatch) => PagePreferences;
  readonly window: () => WindowPlace;
  readonly keepWindow: (place: WindowPlace) => void;
  /** Told after every change of the page's part. Returns what ends it. */
  readonly onPageChange: (listener: (page: PagePreferences) => void) => () => void;
}

/** `preferences.json` in `folder`. Writing is atomic; a full disk costs the change, never the app. */
export function openPreferences(folder: string, now: number): PreferenceStore {
  const rescued = rescuePreferences(join(folder, 'preferences.json'), now);
  if (rescued.keptAs !== undefined) {
    console.warn(
      `Read Drover's preferences: parts of them could not be understood and are at their defaults. The file was kept as ${rescued.keptAs}.`,
    );
  }
  const store = new ElectronStore<Preferences>({
    name: 'preferences',
    cwd: folder,
    defaults: rescued.preferences,
    accessPropertiesByDotNotation: false,
  });
  let current: Preferences = rescued.preferences;
  const listeners = new Set<(page: PagePreferences) => void>();

  function keep(next: Preferences): void {
    current = next;
    try {
      store.store = next;
    } catch (error) {
      console.warn(
        `Keep Drover's preferences in ${store.path}: ${error instanceof Error ? error.message : String(error)}. They hold until Drover is closed.`,
      );
    }
  }

  return {
    page: () => current.page,
    changePage(patch) {
      const page = { ...current.page, ...patch };
      keep({ ...current, page });
      for (const listener of listeners) listener(page);
      return page;
    },
    window: () => current.window,
    keepWindow: (window) => keep({ ...current, window }),
    onPageChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
