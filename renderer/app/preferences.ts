import { create } from 'zustand';
import {
  type PagePreferences,
  type PagePreferencesPatch,
  pagePreferencesSchema,
} from '#shared/contract/desktopShell.ts';

const usual: PagePreferences = { theme: 'system', railCollapsed: false, singleKeys: true, tables: {} };
const storageName = 'drover.preferences';

/** How this operator likes the page: kept by the desktop shell, or by the browser where there is none. */
export const usePreferences = create<PagePreferences>()(() => window.drover?.preferences.initial ?? stored());

export function setPreferences(patch: PagePreferencesPatch): void {
  usePreferences.setState(patch);
  if (window.drover !== undefined) {
    // The page already shows it; where it cannot be kept it holds until the window is closed.
    window.drover.preferences
      .set(patch)
      .catch((thrown: unknown) => console.warn('Preferences were not kept:', thrown));
    return;
  }
  try {
    localStorage.setItem(storageName, JSON.stringify(usePreferences.getState()));
  } catch (thrown) {
    console.warn('Preferences were not kept:', thrown);
  }
}

/** Follows what another window or the menu changed; returns what ends it. */
export function followPreferences(): () => void {
  return (
    window.drover?.preferences.onChange((preferences) => usePreferences.setState(preferences)) ?? (() => {})
  );
}

function stored(): PagePreferences {
  try {
    const parsed = pagePreferencesSchema.safeParse(JSON.parse(localStorage.getItem(storageName) ?? 'null'));
    return parsed.success ? parsed.data : usual;
  } catch {
    return usual;
  }
}
