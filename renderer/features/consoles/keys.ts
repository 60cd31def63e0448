/** X11's keysyms of the keys that have names. */
const named: Readonly<Record<string, number>> = {
  ctrl: 0xffe3,
  control: 0xffe3,
  shift: 0xffe1,
  alt: 0xffe9,
  altgr: 0xfe03,
  meta: 0xffeb,
  super: 0xffeb,
  win: 0xffeb,
  enter: 0xff0d,
  return: 0xff0d,
  esc: 0xff1b,
  escape: 0xff1b,
  tab: 0xff09,
  space: 0x20,
  backspace: 0xff08,
  del: 0xffff,
  delete: 0xffff,
  ins: 0xff63,
  insert: 0xff63,
  home: 0xff50,
  end: 0xff57,
  pageup: 0xff55,
  pagedown: 0xff56,
  left: 0xff51,
  up: 0xff52,
  right: 0xff53,
  down: 0xff54,
  print: 0xff61,
  sysrq: 0xff61,
  pause: 0xff13,
  menu: 0xff67,
  plus: 0x2b,
};

export const usualChords = [
  'Ctrl+Alt+Del',
  'Ctrl+Alt+F1',
  'Ctrl+Alt+F2',
  'Ctrl+Alt+F3',
  'Ctrl+Alt+F4',
  'Ctrl+Alt+F5',
  'Ctrl+Alt+F6',
] as const;

/** "Ctrl+Alt+F2" as keysyms in the order in which they are pressed; or the word that names no key. */
export function chordOf(
  text: string,
):
  | { readonly ok: true; readonly keysyms: readonly number[] }
  | { readonly ok: false; readonly word: string } {
  const keysyms: number[] = [];
  for (const word of text.split('+').map((each) => each.trim())) {
    const keysym = keysymOf(word);
    if (keysym === undefined) return { ok: false, word };
    keysyms.push(keysym);
  }
  return { ok: true, keysyms };
}

function keysymOf(word: string): number | undefined {
  const known = named[word.toLowerCase()];
  if (known !== undefined) return known;
  const functionKey = /^f(\d{1,2})$/i.exec(word);
  if (functionKey !== null) {
    const number = Number(functionKey[1]);
    return number >= 1 && number <= 24 ? 0xffbd + number : undefined;
  }
  return Array.from(word).length === 1 ? characterKeysym(word.toLowerCase()) : undefined;
}

/** Latin-1 is its own keysym; the rest of Unicode has a range. Line ends are the key that makes them. */
export function characterKeysym(character: string): number {
  if (character === '\n' || character === '\r') return 0xff0d;
  if (character === '\t') return 0xff09;
  const code = character.codePointAt(0) ?? 0x20;
  return code <= 0xff ? code : 0x0100_0000 + code;
}

/** The keys that type a text, one after the other. */
export function typedKeysyms(text: string): readonly number[] {
  return Array.from(text.replaceAll('\r\n', '\n'), characterKeysym);
}
