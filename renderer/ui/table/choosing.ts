/** Which rows are chosen, by key. */
export type Chosen = ReadonlySet<string>;

export const nothingChosen: Chosen = new Set();

/** How a click chooses: this row besides, or all from the last one to it. */
export interface ChoiceStep {
  readonly key: string;
  readonly range: boolean;
}

/**
 * After a click on a row's box. A range goes from the anchor (the row clicked before) to this one, in the order shown,
 * and takes over what this row becomes: so a range can be given up again as it was chosen.
 */
export function afterChoice(
  chosen: Chosen,
  { key, range }: ChoiceStep,
  anchor: string | undefined,
  keys: readonly string[],
): Chosen {
  const becomes = !chosen.has(key);
  const from = range && anchor !== undefined ? keys.indexOf(anchor) : -1;
  const to = keys.indexOf(key);
  const touched = from === -1 || to === -1 ? [key] : keys.slice(Math.min(from, to), Math.max(from, to) + 1);
  const next = new Set(chosen);
  for (const each of touched) {
    if (becomes) next.add(each);
    else next.delete(each);
  }
  return next;
}

export type HeadChoice = 'none' | 'some' | 'all';

/** What the box in the head shows. */
export function headChoice(chosen: Chosen, keys: readonly string[]): HeadChoice {
  if (chosen.size === 0 || keys.length === 0) return 'none';
  if (keys.every((key) => chosen.has(key))) return 'all';
  return keys.some((key) => chosen.has(key)) ? 'some' : 'none';
}
