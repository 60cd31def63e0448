interface Named {
  readonly name: string;
}

const known = new Map<string, string>();
const mostKnown = 60_000;

/**
 * A text that sorts as people count: numbers inside by their value, letters whatever their case and accents. Comparing
 * such keys costs a hundredth of what a collator does, and a table of 10,000 rows is sorted with every change.
 */
export function naturalKey(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  // oxlint-disable-next-line no-control-regex
  const plain = /^[\x00-\x7f]*$/.test(text) ? text : text.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const key = plain.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'));
  if (known.size >= mostKnown) known.clear();
  known.set(text, key);
  return key;
}

export const compareKeys = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** As people count, vm-2 before vm-10, and in an order that does not jump between two looks. */
export function byName<T extends Named>(all: Iterable<T>): readonly T[] {
  // To look a key up costs more than to compare two.
  return Array.from(all, (each) => ({ each, key: naturalKey(each.name) }))
    .sort((one, other) => compareKeys(one.key, other.key))
    .map(({ each }) => each);
}
