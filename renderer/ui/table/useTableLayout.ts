import { useCallback } from 'react';
import type { TableLayout } from '#shared/contract/desktopShell.ts';
import { setPreferences, usePreferences } from '../../app/preferences.ts';
import { usualLayout } from './tableLayout.ts';

/** How this operator likes the columns of a table: kept with their preferences, by the table's name. */
export function useTableLayout(table: string): readonly [TableLayout, (layout: TableLayout) => void] {
  const layout = usePreferences((preferences) => preferences.tables[table]) ?? usualLayout;
  const set = useCallback(
    (next: TableLayout) => setPreferences({ tables: { ...usePreferences.getState().tables, [table]: next } }),
    [table],
  );
  return [layout, set];
}
