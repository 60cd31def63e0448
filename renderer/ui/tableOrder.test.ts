import { describe, expect, it } from 'vitest';
import { naturalKey } from '#shared/model/byName.ts';
import { keepOrder, nextSort, sortRows } from './tableOrder.ts';

const rows = ['web-10', 'web-2', 'Alpha'].map((name) => ({
  name,
  load: name === 'web-2' ? undefined : name.length,
}));
const key = (row: { readonly name: string }) => row.name;

describe('sorting', () => {
  it('counts numbers inside names', () => {
    expect(sortRows(rows, key, false, key).map(key)).toEqual(['Alpha', 'web-2', 'web-10']);
  });

  it('knows neither case nor accents', () => {
    expect(
      ['Ärger', 'apfel', 'Zoo', 'azur'].sort((a, b) => (naturalKey(a) < naturalKey(b) ? -1 : 1)),
    ).toEqual(['apfel', 'Ärger', 'azur', 'Zoo']);
  });

  it('puts what has no value last, whichever way', () => {
    expect(sortRows(rows, (row) => row.load, false, key).map(key)).toEqual(['Alpha', 'web-10', 'web-2']);
    expect(sortRows(rows, (row) => row.load, true, key).map(key)).toEqual(['web-10', 'Alpha', 'web-2']);
  });

  it('turns round on the second click', () => {
    const once = nextSort({ key: 'name', descending: false }, 'load');
    expect(once).toEqual({ key: 'load', descending: false });
    expect(nextSort(once, 'load')).toEqual({ key: 'load', descending: true });
  });
});

describe('keepOrder', () => {
  it('keeps the old order, drops the gone, appends the new', () => {
    const sorted = ['c', 'b', 'd'].map((name) => ({ name }));
    expect(keepOrder(sorted, ['a', 'b', 'c'], key).map(key)).toEqual(['b', 'c', 'd']);
  });
});
