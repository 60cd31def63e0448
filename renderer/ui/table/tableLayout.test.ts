import { describe, expect, it } from 'vitest';
import type { TableLayout } from '#shared/contract/desktopShell.ts';
import {
  arranged,
  neighbourOf,
  ordered,
  usualLayout,
  widthOf,
  withMoved,
  withShown,
  withWidth,
} from './tableLayout.ts';

const columns = [
  { key: 'name', width: 100 },
  { key: 'state', width: 100 },
  { key: 'address', width: 200, gives: 2 },
  { key: 'version', width: 50, gives: 1 },
  { key: 'uuid', width: 300, spare: true },
];

const keys = (layout: TableLayout, room = 0) => arranged(columns, layout, room).map(({ key }) => key);

describe('the columns of a table', () => {
  it('leave out what gives way most, and never what always stays', () => {
    expect(keys(usualLayout, 500)).toEqual(['name', 'state', 'address', 'version']);
    expect(keys(usualLayout, 300)).toEqual(['name', 'state', 'version']);
    expect(keys(usualLayout, 100)).toEqual(['name', 'state']);
    expect(keys(usualLayout)).toEqual(['name', 'state', 'address', 'version']);
  });

  it('never leave out one that was asked for', () => {
    const layout = withShown(withShown(usualLayout, 'uuid', true), 'address', true);
    expect(keys(layout, 300)).toEqual(['name', 'state', 'address', 'uuid']);
  });

  it('hide one that was put away, but never the first', () => {
    expect(keys(withShown(withShown(usualLayout, 'state', false), 'name', false))).toEqual([
      'name',
      'address',
      'version',
    ]);
  });

  it('stand where they were put, new ones beside their usual neighbour', () => {
    const layout = { ...usualLayout, order: ['version', 'gone', 'state'] };
    expect(ordered(columns, layout).map(({ key }) => key)).toEqual([
      'name',
      'version',
      'uuid',
      'state',
      'address',
    ]);
  });

  it('move before and after others; the first stays first', () => {
    const moved = withMoved(usualLayout, columns, 'version', 'before', 'state');
    expect(keys(moved)).toEqual(['name', 'version', 'state', 'address']);
    expect(keys(withMoved(moved, columns, 'version', 'after', 'address'))).toEqual([
      'name',
      'state',
      'address',
      'version',
    ]);
    expect(keys(withMoved(usualLayout, columns, 'version', 'before', 'name'))).toEqual([
      'name',
      'version',
      'state',
      'address',
    ]);
    expect(withMoved(usualLayout, columns, 'name', 'after', 'state')).toBe(usualLayout);
  });

  it('know their neighbours', () => {
    const shown = arranged(columns, usualLayout, 0);
    expect(neighbourOf(shown, 'address', 'left')).toBe('state');
    expect(neighbourOf(shown, 'state', 'left')).toBeUndefined();
    expect(neighbourOf(shown, 'version', 'right')).toBeUndefined();
    expect(neighbourOf(shown, 'name', 'right')).toBeUndefined();
  });

  it('are as wide as they were made, within reason, until that is taken back', () => {
    const wide = withWidth(usualLayout, 'state', 5000.4);
    expect(wide.widths).toEqual({ state: 1200 });
    expect(widthOf({ key: 'state', width: 100 }, withWidth(wide, 'state', undefined))).toBe(100);
    expect(withWidth(usualLayout, 'state', 1).widths).toEqual({ state: 48 });
  });
});
