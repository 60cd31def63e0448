// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { pressOf, ShortcutReader, writesText } from './shortcuts.ts';

const known = ['M', 'G H', 'G V', 'Mod+K', '?'];

describe('shortcuts', () => {
  it('are read from the keys as they are written', () => {
    expect(pressOf(new KeyboardEvent('keydown', { key: 'm' }))).toBe('M');
    expect(pressOf(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true }))).toBe('Mod+K');
    expect(pressOf(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))).toBe('?');
    expect(pressOf(new KeyboardEvent('keydown', { key: 'Shift', shiftKey: true }))).toBeUndefined();
    expect(pressOf(new KeyboardEvent('keydown', { key: 'h', altKey: true }))).toBeUndefined();
  });

  it('of two keys are complete with the second, if it comes soon', () => {
    const reader = new ShortcutReader();
    expect(reader.take('G', 0, known)).toBeUndefined();
    expect(reader.take('H', 400, known)).toBe('G H');
    expect(reader.take('H', 500, known)).toBeUndefined();
    expect(reader.take('G', 1000, known)).toBeUndefined();
    expect(reader.take('V', 9000, known)).toBeUndefined();
    expect(reader.take('G', 9100, known)).toBeUndefined();
    expect(reader.take('M', 9200, known)).toBe('M');
  });

  it('leave what is written to where it is written', () => {
    document.body.innerHTML = '<input id="a"><input id="b" type="checkbox"><a id="c" href="#x">x</a>';
    expect(['a', 'b', 'c'].map((id) => writesText(document.getElementById(id)))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
