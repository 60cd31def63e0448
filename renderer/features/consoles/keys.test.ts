import { describe, expect, it } from 'vitest';
import { chordOf, typedKeysyms, usualChords } from './keys.ts';

describe('keys by name', () => {
  it('are pressed in the order in which they are written', () => {
    expect(chordOf('Ctrl+Alt+Del')).toEqual({ ok: true, keysyms: [0xffe3, 0xffe9, 0xffff] });
    expect(chordOf('ctrl + alt + f2')).toEqual({ ok: true, keysyms: [0xffe3, 0xffe9, 0xffbf] });
    expect(chordOf('Alt+SysRq+B')).toEqual({ ok: true, keysyms: [0xffe9, 0xff61, 0x62] });
    expect(usualChords.every((each) => chordOf(each).ok)).toBe(true);
  });

  it('say which word is none', () => {
    expect(chordOf('Ctrl+Foo')).toEqual({ ok: false, word: 'Foo' });
    expect(chordOf('F25')).toEqual({ ok: false, word: 'F25' });
    expect(chordOf('Ctrl+')).toEqual({ ok: false, word: '' });
  });

  it('type a text, whatever it is written in', () => {
    expect(typedKeysyms('aÄ\r\n€')).toEqual([0x61, 0xc4, 0xff0d, 0x0100_20ac]);
  });
});
