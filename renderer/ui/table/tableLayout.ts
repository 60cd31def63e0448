import type { TableLayout } from '#shared/contract/desktopShell.ts';

/** What the arrangement of columns goes by. */
export interface ArrangedColumn {
  readonly key: string;
  /** Pixels. */
  readonly width: number;
  /** 0 always stays; the highest number gives way first where the table is narrow. */
  readonly gives?: number;
  /** Offered in the menu of columns, and shown only when it was asked for. */
  readonly spare?: boolean;
}

export const usualLayout: TableLayout = { order: [], shown: {}, widths: {} };

export const narrowest = 48;
export const widest = 1200;

/** In the operator's order. The first column names the rows and stays first; one they never moved follows its usual neighbour. */
export function ordered<Column extends ArrangedColumn>(
  columns: readonly Column[],
  layout: TableLayout,
): readonly Column[] {
  const [first, ...others] = columns;
  if (first === undefined) return [];
  const placed = layout.order.flatMap((key) => others.find((column) => column.key === key) ?? []);
  for (const [index, column] of others.entries()) {
    if (placed.includes(column)) continue;
    const before = others[index - 1];
    placed.splice(before === undefined ? 0 : placed.indexOf(before) + 1, 0, column);
  }
  return [first, ...placed];
}

export const widthOf = (column: ArrangedColumn, layout: TableLayout): number =>
  layout.widths[column.key] ?? column.width;

/**
 * The columns to show: those that give way most are left out first where room is short, but never one that was asked
 * for; then the table is wider than its frame and scrolls.
 */
export function arranged<Column extends ArrangedColumn>(
  columns: readonly Column[],
  layout: TableLayout,
  room: number,
): readonly Column[] {
  let shown = ordered(columns, layout).filter(
    (column, index) => index === 0 || (layout.shown[column.key] ?? column.spare !== true),
  );
  const givesOf = (column: Column): number => (layout.shown[column.key] === true ? 0 : (column.gives ?? 0));
  while (room > 0 && shown.reduce((sum, column) => sum + widthOf(column, layout), 0) > room) {
    const mostGiving = Math.max(...shown.map(givesOf));
    if (mostGiving === 0) break;
    shown = shown.filter((column) => givesOf(column) < mostGiving);
  }
  return shown;
}

export function withShown(layout: TableLayout, key: string, shown: boolean): TableLayout {
  return { ...layout, shown: { ...layout.shown, [key]: shown } };
}

/** undefined: as wide as it usually is. */
export function withWidth(layout: TableLayout, key: string, width: number | undefined): TableLayout {
  const { [key]: _before, ...widths } = layout.widths;
  if (width === undefined) return { ...layout, widths };
  const kept = Math.round(Math.min(widest, Math.max(narrowest, width)));
  return { ...layout, widths: { ...widths, [key]: kept } };
}

/** A column just before or just after another one. */
export function withMoved(
  layout: TableLayout,
  columns: readonly ArrangedColumn[],
  key: string,
  side: 'before' | 'after',
  other: string,
): TableLayout {
  const keys = ordered(columns, layout)
    .slice(1)
    .map((column) => column.key);
  if (key === other || !keys.includes(key)) return layout;
  const rest = keys.filter((each) => each !== key);
  // Nothing stands before the first column, which is not among these.
  const place = rest.indexOf(other) + (side === 'after' || !rest.includes(other) ? 1 : 0);
  return { ...layout, order: rest.toSpliced(place, 0, key) };
}

/** The neighbour that a column changes places with: one that is shown. */
export function neighbourOf(
  shown: readonly ArrangedColumn[],
  key: string,
  direction: 'left' | 'right',
): string | undefined {
  const place = shown.findIndex((column) => column.key === key);
  const next = place + (direction === 'left' ? -1 : 1);
  return place < 1 || next < 1 ? undefined : shown[next]?.key;
}
