import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { pagePreferencesSchema } from '#shared/contract/desktopShell.ts';

/** Of a window as it was left, in device-independent pixels. */
export const windowPlaceSchema = z
  .object({
    x: z.number().int().optional(),
    y: z.number().int().optional(),
    width: z.number().int().min(200).max(20_000),
    height: z.number().int().min(200).max(20_000),
    maximized: z.boolean(),
  })
  .readonly();
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

const fields = {
  window: windowPlaceSchema,
  page: pagePreferencesSchema,
} as const;

export const preferencesSchema = z.object(fields).readonly();
export type Preferences = z.infer<typeof preferencesSchema>;

export const defaultPreferences: Preferences = {
  window: { width: 1440, height: 900, maximized: false },
  page: { theme: 'system', railCollapsed: false, singleKeys: true, tables: {} },
};

/** What can be used of a preferences file's text: each part that reads well, the default for the others. */
export function readPreferences(text: string): {
  readonly preferences: Preferences;
  readonly whole: boolean;
} {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { preferences: defaultPreferences, whole: false };
  }
  const parts = z.record(z.string(), z.unknown()).safeParse(found);
  if (!parts.success) return { preferences: defaultPreferences, whole: false };
  const window = fields.window.safeParse(parts.data['window'] ?? defaultPreferences.window);
  const page = fields.page.safeParse(parts.data['page'] ?? defaultPreferences.page);
  return {
    preferences: {
      window: window.success ? window.data : defaultPreferences.window,
      page: page.success ? page.data : defaultPreferences.page,
    },
    whole: window.success && page.success,
  };
}

/**
 * Reads the file before electron-store does, which would empty one that it cannot read. Such a file is renamed to
 * `preferences.broken-<time>.json` beside its place instead.
 */
export function rescuePreferences(
  path: string,
  now: number,
): { readonly preferences: Preferences; readonly keptAs: string | undefined } {
  if (!existsSync(path)) return { preferences: defaultPreferences, keptAs: undefined };
  const { preferences, whole } = readPreferences(readFileSync(path, 'utf8'));
  if (whole) return { preferences, keptAs: undefined };
  const stamp = new Date(now).toISOString().replaceAll(':', '-');
  const keptAs = path.replace(/\.json$/, `.broken-${stamp}.json`);
  renameSync(path, keptAs);
  return { preferences, keptAs };
}
