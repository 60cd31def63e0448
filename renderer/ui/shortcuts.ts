/** One press of a key, in the words that shortcuts are written in; undefined for a key that is only held with others. */
export function pressOf(event: KeyboardEvent): string | undefined {
  if (['Control', 'Meta', 'Shift', 'Alt', 'AltGraph'].includes(event.key)) return undefined;
  // Alt writes letters on many keyboards, and is the menu bar's besides.
  if (event.altKey) return undefined;
  const modified = event.ctrlKey || event.metaKey;
  return `${modified ? 'Mod+' : ''}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`;
}

/** Two keys that belong together come within this time. */
const togetherMs = 1500;

/**
 * Hears keys and says which shortcut is complete: "M" at once, "G H" after its second key. A key that begins nothing
 * is nobody's.
 */
export class ShortcutReader {
  #first: { readonly press: string; readonly at: number } | undefined;

  /** `at`: milliseconds of any one clock. */
  take(press: string, at: number, known: readonly string[]): string | undefined {
    const first =
      this.#first !== undefined && at - this.#first.at <= togetherMs ? this.#first.press : undefined;
    this.#first = undefined;
    const both = first === undefined ? undefined : `${first} ${press}`;
    if (both !== undefined && known.includes(both)) return both;
    if (known.includes(press)) return press;
    if (known.some((shortcut) => shortcut.startsWith(`${press} `))) this.#first = { press, at };
    return undefined;
  }
}

/** Keys that write, choose or move belong to what has the focus, not to the page. */
export function writesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  if (target.closest('[role="application"], [data-own-keys]') !== null) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
}
