// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { refused } from '#shared/rules/verdict.ts';
import { findItems, type PaletteItem } from './paletteItems.ts';

const item = (title: string, more: Partial<PaletteItem> = {}): PaletteItem => ({
  id: title,
  kind: 'action',
  title,
  detail: '',
  run: () => {},
  ...more,
});
const thing = { menu: () => ({ name: '', groups: [] }) };
const items = [
  item('Rename web-01', { verdict: refused('It is active.') }),
  item('Pause web-01'),
  item('Crash its guest: web-01', { destructive: true }),
  item('Hosts', { kind: 'page' }),
  item('web-01', { kind: 'vm', detail: 'VM on server-a', ...thing }),
  item('new-web', { kind: 'vm', detail: 'VM on server-b', ...thing }),
  item('Migrate web-01 from server-a to server-b', { kind: 'task', ...thing }),
];
const titles = (text: string, kind?: PaletteItem['kind'], recent: readonly string[] = []) =>
  findItems(items, text, kind, recent).map((each) => each.title);

describe('what the palette finds', () => {
  it('is, before anything is written, what was used lately, what can be done, what cannot, and what there is', () => {
    expect(titles('', undefined, ['new-web'])).toEqual([
      'new-web',
      'Pause web-01',
      'Crash its guest: web-01',
      'Hosts',
      'Rename web-01',
      'web-01',
      'Migrate web-01 from server-a to server-b',
    ]);
  });

  it('has every word that was written, the thing itself first and what would harm it later', () => {
    expect(titles('web-01')[0]).toBe('web-01');
    expect(titles('web-01').slice(-2)).toEqual(['Crash its guest: web-01', 'Rename web-01']);
    expect(titles('web server-b')).toEqual(['Migrate web-01 from server-a to server-b', 'new-web']);
    expect(titles('pau web')).toEqual(['Pause web-01']);
    expect(titles('nothing')).toEqual([]);
    expect(titles('web', 'vm')).toEqual(['web-01', 'new-web']);
  });
});
