/** X11's keysyms, as far as a text console knows them. */
const keysyms = {
  backspace: 0xff08,
  tab: 0xff09,
  enter: 0xff0d,
  keypadEnter: 0xff8d,
  delete: 0xffff,
  controls: [0xffe3, 0xffe4],
  alts: [0xffe9, 0xffea, 0xff7e],
} as const;

type Pressed =
  | { readonly kind: 'nothing' | 'ctrl-alt-del' }
  | { readonly kind: 'typed'; readonly text: string };

const typed = (text: string): Pressed => ({ kind: 'typed', text });

/** What keys held down together mean to a guest's text console. */
export class Keyboard {
  readonly #down = new Set<number>();

  /** What was typed by it, or that Ctrl+Alt+Del was pressed. */
  press(keysym: number, isDown: boolean): Pressed {
    if (!isDown) {
      this.#down.delete(keysym);
      return { kind: 'nothing' };
    }
    this.#down.add(keysym);
    const isControl = keysyms.controls.some((each) => this.#down.has(each));
    const isAlt = keysyms.alts.some((each) => this.#down.has(each));
    if (isControl && isAlt) return { kind: keysym === keysyms.delete ? 'ctrl-alt-del' : 'nothing' };
    if (keysym === keysyms.enter || keysym === keysyms.keypadEnter) return typed('\r');
    if (keysym === keysyms.backspace || keysym === keysyms.delete) return typed('\u007f');
    if (keysym === keysyms.tab) return typed(' ');
    if (keysym < 0x20 || keysym > 0x7e) return { kind: 'nothing' };
    return typed(String.fromCharCode(isControl ? keysym & 0x1f : keysym));
  }
}
