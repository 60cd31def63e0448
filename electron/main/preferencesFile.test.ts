import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPreferences, readPreferences, rescuePreferences } from './preferencesFile.ts';

describe('readPreferences', () => {
  it('reads what was written', () => {
    const written = {
      window: { x: -5, y: 7, width: 1200, height: 800, maximized: true },
      page: {
        theme: 'dark',
        railCollapsed: true,
        singleKeys: false,
        tables: { Hosts: { order: ['cpu'], shown: { address: true }, widths: { state: 90 } } },
      },
    };
    expect(readPreferences(JSON.stringify(written))).toEqual({ preferences: written, whole: true });
  });

  it('reads a file from before tables had layouts', () => {
    const { preferences, whole } = readPreferences('{"page":{"theme":"dark","railCollapsed":true}}');
    expect({ page: preferences.page, whole }).toEqual({
      page: { theme: 'dark', railCollapsed: true, singleKeys: true, tables: {} },
      whole: true,
    });
  });

  it('takes the default for what is not there, and says so for what it cannot use', () => {
    expect(readPreferences('{}')).toEqual({ preferences: defaultPreferences, whole: true });
    const half = readPreferences('{"window":{"width":"wide"},"page":{"theme":"dark","railCollapsed":false}}');
    expect(half.whole).toBe(false);
    expect(half.preferences.window).toEqual(defaultPreferences.window);
    expect(half.preferences.page.theme).toBe('dark');
  });

  it.each(['', '{', '[]', 'null', '"x"', '{"window":7}'])('survives %j', (text) => {
    expect(readPreferences(text)).toEqual({ preferences: defaultPreferences, whole: false });
  });
});

describe('rescuePreferences', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-preferences-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps a broken file aside', () => {
    const path = join(folder, 'preferences.json');
    writeFileSync(path, '{"window": ');
    const { preferences, keptAs } = rescuePreferences(path, Date.UTC(2026, 10, 23, 1, 2, 3));
    expect(preferences).toEqual(defaultPreferences);
    expect(keptAs).toBe(join(folder, 'preferences.broken-2026-11-23T01-02-03.000Z.json'));
    expect(readdirSync(folder)).toEqual(['preferences.broken-2026-11-23T01-02-03.000Z.json']);
    expect(readFileSync(keptAs ?? '', 'utf8')).toBe('{"window": ');
  });

  it('touches nothing that is whole or not there', () => {
    const path = join(folder, 'preferences.json');
    expect(rescuePreferences(path, 0)).toEqual({ preferences: defaultPreferences, keptAs: undefined });
    writeFileSync(path, '{}');
    expect(rescuePreferences(path, 0).keptAs).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['preferences.json']);
  });
});
