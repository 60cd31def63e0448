import { useRef } from 'react';
import { compareKeys, naturalKey } from '#shared/model/byName.ts';

export type SortValue = string | number | undefined;

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** Sorted by raw value; what has none comes last either way, and equals keep the order of their keys. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  descending: boolean,
  keyOf: (row: Row) => string,
): readonly Row[] {
  const direction = descending ? -1 : 1;
  return rows
    .map((row) => {
      const value = valueOf(row);
      return { row, value: typeof value === 'string' ? naturalKey(value) : value, key: '' };
    })
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        const order = Number(a.value === undefined) - Number(b.value === undefined);
        return order === 0 ? compareTies(a, b, keyOf) : order;
      }
      const order =
        typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : compareKeys(String(a.value), String(b.value));
      return order === 0 ? compareTies(a, b, keyOf) : order * direction;
    })
    .map(({ row }) => row);
}

interface Tied<Row> {
  readonly row: Row;
  /** Made out only for those that need it. */
  key: string;
}

function compareTies<Row>(a: Tied<Row>, b: Tied<Row>, keyOf: (row: Row) => string): number {
  a.key ||= naturalKey(keyOf(a.row));
  b.key ||= naturalKey(keyOf(b.row));
  return compareKeys(a.key, b.key);
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

interface Order<Row> {
  readonly asked: string;
  readonly rows: readonly Row[];
  /** Whatever else the order hangs on: the column, and the measurements where it is sorted by them. */
  readonly by: unknown;
  readonly version: number;
  readonly ordered: readonly Row[];
  /** Not sorted, only kept: to be sorted as soon as it may be. */
  readonly kept: boolean;
}

/**
 * Live rows may change their rank, but never under the pointer: while it is on the table (`still`) the order stands, and
 * only what was `asked` anew is answered. Nothing is sorted twice for the same rows.
 */
export function useSteadyOrder<Row>({
  rows,
  asked,
  by,
  version,
  still,
  keyOf,
  sort,
}: Omit<Order<Row>, 'ordered' | 'kept'> & {
  readonly still: boolean;
  readonly keyOf: (row: Row) => string;
  readonly sort: () => readonly Row[];
}): readonly Row[] {
  const last = useRef<Order<Row>>(undefined);
  const before = last.current;
  const isSame = before !== undefined && before.asked === asked && before.rows === rows;
  if (isSame && (still || (!before.kept && before.by === by && before.version === version)))
    return before.ordered;
  const kept = still && before?.asked === asked;
  const ordered = kept ? keepOrder(rows, before.ordered.map(keyOf), keyOf) : sort();
  last.current = { asked, rows, by, version, ordered, kept };
  return ordered;
}
