import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import type { TableLayout } from '#shared/contract/desktopShell.ts';
import { ActionMenu, type MenuPlace, type ObjectMenu, placeOf } from '../ActionMenu.tsx';
import styles from '../DataTable.module.css';
import { nextSort, type Sort } from '../tableOrder.ts';
import { ColumnsButton } from './ColumnsButton.tsx';
import type { HeadChoice } from './choosing.ts';
import type { Column } from './column.ts';
import { neighbourOf, widthOf, withMoved, withShown, withWidth } from './tableLayout.ts';
import { useColumnDrag } from './useColumnDrag.ts';
import { type Resizing, useColumnEdge } from './useColumnEdge.ts';

interface TableHeadProps<Row> {
  readonly table: string;
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly layout: TableLayout;
  readonly onLayout: (layout: TableLayout) => void;
  readonly onResizing: (resizing: Resizing | undefined) => void;
  readonly hasMenus: boolean;
  readonly choice:
    | { readonly state: HeadChoice; readonly count: number; readonly onToggle: (all: boolean) => void }
    | undefined;
}

const step = 8;

export function TableHead<Row>(props: TableHeadProps<Row>) {
  const { columns, shown, sort, layout, onLayout, choice } = props;
  const [menu, setMenu] = useState<{ readonly key: string; readonly place: MenuPlace }>();
  const head = useRef<HTMLTableRowElement>(null);
  const drag = useColumnDrag(head, (key, side, other) =>
    onLayout(withMoved(layout, columns, key, side, other)),
  );
  const menuColumn = shown.find((column) => column.key === menu?.key);
  const move = (key: string, direction: 'left' | 'right'): void => {
    const other = neighbourOf(shown, key, direction);
    if (other === undefined) return;
    onLayout(withMoved(layout, columns, key, direction === 'left' ? 'before' : 'after', other));
    keepFocus.current = key;
  };
  const keepFocus = useRef<string>(undefined);
  // A title that changes its place in the document loses the focus on the way.
  useEffect(() => {
    if (keepFocus.current === undefined) return;
    const selector = `th[data-key="${CSS.escape(keepFocus.current)}"] button`;
    head.current?.querySelector<HTMLButtonElement>(selector)?.focus();
    keepFocus.current = undefined;
  });

  const onKeyDown = (event: KeyboardEvent, column: Column<Row>): void => {
    if (!event.shiftKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    const isLeft = event.key === 'ArrowLeft';
    if (event.altKey) move(column.key, isLeft ? 'left' : 'right');
    else
      onLayout(
        withWidth(layout, column.key, widthOnScreen(head.current, column, layout) + (isLeft ? -step : step)),
      );
  };

  return (
    <thead>
      <tr ref={head}>
        {choice !== undefined && <HeadBox choice={choice} />}
        {shown.map((column, place) => (
          <th
            key={column.key}
            scope="col"
            data-key={column.key}
            data-drop={drag.over?.key === column.key ? drag.over.side : undefined}
            data-dragged={drag.key === column.key || undefined}
            className={column.align === 'right' ? styles.right : undefined}
            aria-sort={sortOf(column, sort)}
            onContextMenu={(event: MouseEvent<HTMLElement>) => {
              event.preventDefault();
              setMenu({ key: column.key, place: placeOf(event) });
            }}
          >
            <button
              type="button"
              className={styles.sort}
              title={`${column.title}. Shift+arrows: width. Alt+Shift+arrows: place.`}
              aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight Alt+Shift+ArrowLeft Alt+Shift+ArrowRight"
              onKeyDown={(event) => onKeyDown(event, column)}
              onPointerDown={place === 0 ? undefined : (event) => drag.begin(event, column.key)}
              onClick={(event) => {
                if (drag.wasDragged()) return;
                if (column.sortValue === undefined)
                  setMenu({ key: column.key, place: { at: 'element', element: event.currentTarget } });
                else props.onSort(nextSort(sort, column.key));
              }}
            >
              <span className={styles.title}>{column.title}</span>
              {column.sortValue !== undefined && (
                <svg
                  viewBox="0 0 8 8"
                  aria-hidden="true"
                  className={styles.arrow}
                  data-sorted={sortOf(column, sort) ?? 'no'}
                >
                  <path d="M4 1.5 7 6H1Z" fill="currentColor" />
                </svg>
              )}
            </button>
            <Edge
              column={column}
              width={() => widthOnScreen(head.current, column, layout)}
              onResizing={props.onResizing}
              onWidth={(width) => onLayout(withWidth(layout, column.key, width))}
            />
          </th>
        ))}
        <td />
        <th scope="col" className={styles.end}>
          {props.hasMenus && <span className="visually-hidden">Actions</span>}
          <ColumnsButton
            table={props.table}
            columns={columns}
            shown={shown}
            layout={layout}
            onLayout={onLayout}
          />
          {menu !== undefined && menuColumn !== undefined && (
            <ActionMenu
              menu={columnMenu(props, menuColumn, move)}
              place={menu.place}
              onClose={() => setMenu(undefined)}
            />
          )}
        </th>
      </tr>
    </thead>
  );
}

/** The name's column has no width of its own until it was given one: it is as wide as it is drawn. */
function widthOnScreen<Row>(head: HTMLElement | null, column: Column<Row>, layout: TableLayout): number {
  const drawn = head
    ?.querySelector(`th[data-key="${CSS.escape(column.key)}"]`)
    ?.getBoundingClientRect().width;
  return drawn === undefined || drawn === 0 ? widthOf(column, layout) : drawn;
}

function sortOf<Row>(column: Column<Row>, sort: Sort): 'ascending' | 'descending' | undefined {
  if (column.key !== sort.key) return undefined;
  return sort.descending ? 'descending' : 'ascending';
}

function HeadBox({ choice }: { readonly choice: NonNullable<TableHeadProps<never>['choice']> }) {
  return (
    <th scope="col" className={styles.box}>
      <input
        type="checkbox"
        aria-label={`Choose all ${choice.count} shown`}
        title="Choose all that are shown (Ctrl+A in the list)"
        checked={choice.state === 'all'}
        ref={(box) => {
          if (box !== null) box.indeterminate = choice.state === 'some';
        }}
        onChange={() => choice.onToggle(choice.state !== 'all')}
      />
    </th>
  );
}

/** Dragged, the column's width follows; double-clicked, it is as usual again. */
function Edge<Row>({
  column,
  width,
  onResizing,
  onWidth,
}: {
  readonly column: Column<Row>;
  readonly width: () => number;
  readonly onResizing: (resizing: Resizing | undefined) => void;
  readonly onWidth: (width: number | undefined) => void;
}) {
  const begin = useColumnEdge(column.key, width, onResizing, onWidth);
  return (
    <span
      className={styles.edge}
      aria-hidden="true"
      data-edge={column.key}
      title={`Drag: the width of ${column.title}. Double click: as usual.`}
      onPointerDown={begin}
      onDoubleClick={() => onWidth(undefined)}
    />
  );
}

function columnMenu<Row>(
  { shown, layout, onLayout, onSort }: TableHeadProps<Row>,
  column: Column<Row>,
  move: (key: string, direction: 'left' | 'right') => void,
): ObjectMenu {
  const { key, title } = column;
  const isFirst = shown[0]?.key === key;
  const sorted = (descending: boolean) => ({
    key: descending ? 'descending' : 'ascending',
    words: descending ? 'Sort descending' : 'Sort ascending',
    run: () => onSort({ key, descending }),
  });
  const moves = (['left', 'right'] as const)
    .filter((direction) => neighbourOf(shown, key, direction) !== undefined)
    .map((direction) => ({
      key: direction,
      words: `Move to the ${direction}`,
      run: () => move(key, direction),
    }));
  const isResized = layout.widths[key] !== undefined;
  return {
    name: `the column ${title}`,
    groups: [
      { key: 'sort', actions: column.sortValue === undefined ? [] : [sorted(false), sorted(true)] },
      { key: 'move', actions: moves },
      {
        key: 'show',
        actions: [
          ...(isResized
            ? [{ key: 'width', words: 'Usual width', run: () => onLayout(withWidth(layout, key, undefined)) }]
            : []),
          ...(isFirst
            ? []
            : [{ key: 'hide', words: 'Hide', run: () => onLayout(withShown(layout, key, false)) }]),
        ],
      },
    ],
  };
}
