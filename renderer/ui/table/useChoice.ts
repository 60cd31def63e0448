import { useCallback, useMemo, useState } from 'react';
import { type Chosen, nothingChosen } from './choosing.ts';
import { keepChoice, keptChoice } from './tableMemory.ts';

export interface Choice<Row> {
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
  /** Those chosen that the table shows. */
  readonly rows: readonly Row[];
  /** So many more that are there, but not shown. */
  readonly hidden: number;
}

/** Which rows of a table are chosen: what is gone is chosen no longer, what a filter hides stays so. */
export function useChoice<Row>(
  table: string,
  all: readonly Row[],
  shown: readonly Row[],
  keyOf: (row: Row) => string,
): Choice<Row> {
  const [chosen, setChosen] = useState(() => keptChoice(table) ?? nothingChosen);
  const onChoose = useCallback(
    (next: Chosen) => {
      keepChoice(table, next);
      setChosen(next);
    },
    [table],
  );
  const rows = useMemo(
    () => (chosen.size === 0 ? [] : shown.filter((row) => chosen.has(keyOf(row)))),
    [chosen, shown, keyOf],
  );
  const present = useMemo(
    () => (chosen.size === 0 ? 0 : all.filter((row) => chosen.has(keyOf(row))).length),
    [chosen, all, keyOf],
  );
  return { chosen, onChoose, rows, hidden: present - rows.length };
}
