import type { ReactNode } from 'react';
import type { SortValue } from '../tableOrder.ts';
import type { ArrangedColumn } from './tableLayout.ts';

export interface Column<Row> extends ArrangedColumn {
  readonly title: string;
  readonly align?: 'right';
  readonly sortValue?: (row: Row) => SortValue;
  /** Its values are measured: they change without the row being another one. */
  readonly live?: boolean;
  readonly cell: (row: Row) => ReactNode;
}
