import { useRef } from 'react';

export type SortValue = string | number | undefined;

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Sorted by raw value; what has none comes last either way, and equals keep the order of their keys. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  descending: boolean,
  keyOf: (row: Row) => string,
): readonly Row[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      const order =
        typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : names.compare(String(a.value), String(b.value));
      return order === 0 ? names.compare(keyOf(a.row), keyOf(b.row)) : order * direction;
    })
    .map(({ row }) => row);
}

/** The same column again turns the order round; another begins ascending. */
export function nextSort(sort: Sort, key: string): Sort {
  return { key, descending: sort.key === key ? !sort.descending : false };
}

/** Rows in the order they had; new ones at their sorted place's end, gone ones left out. */
export function keepOrder<Row>(
  sorted: readonly Row[],
  before: readonly string[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  const byKey = new Map(sorted.map((row) => [keyOf(row), row]));
  const kept: Row[] = [];
  for (const key of before) {
    const row = byKey.get(key);
    if (row === undefined) continue;
    kept.push(row);
    byKey.delete(key);
  }
  return [...kept, ...byKey.values()];
}

/** Live rows may change their rank, but never under the pointer: while it is on the table the order stands still. */
export function useSteadyOrder<Row>(
  sorted: readonly Row[],
  keyOf: (row: Row) => string,
  still: boolean,
  asked: string,
): readonly Row[] {
  const last = useRef<{ readonly asked: string; readonly keys: readonly string[] }>({ asked: '', keys: [] });
  const ordered =
    still && last.current.asked === asked ? keepOrder(sorted, last.current.keys, keyOf) : sorted;
  last.current = { asked, keys: ordered.map(keyOf) };
  return ordered;
}
