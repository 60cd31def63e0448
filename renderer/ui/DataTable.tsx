import MoreHorizOutlined from '@mui/icons-material/MoreHorizOutlined';
import IconButton from '@mui/material/IconButton';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useState } from 'react';
import { Link } from 'wouter';
import styles from './DataTable.module.css';
import { type MenuPlace, below as placeBelow, placeOf } from './menuPlace.ts';
import { nextSort, type Sort, type SortValue, sortRows, useSteadyOrder } from './tableOrder.ts';
import { useWidth } from './useWidth.ts';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  /** Pixels; the first column takes what is left over. */
  readonly width: number;
  readonly align?: 'right';
  /** 0 always stays; the highest number gives way first where the table is narrow. */
  readonly gives?: number;
  readonly sortValue?: (row: Row) => SortValue;
  readonly cell: (row: Row) => ReactNode;
}

export interface DataTableProps<Row> {
  /** What the table lists: its accessible name. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Where the row leads; its first cell is the link. */
  readonly rowHref: (row: Row) => string;
  readonly onOpen: (row: Row) => void;
  readonly selectedKey?: string | undefined;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** What may be done with a row: behind a button at its end, and on a right click anywhere in it. */
  readonly rowMenu?: {
    readonly label: (row: Row) => string;
    readonly render: (row: Row, place: MenuPlace, close: () => void) => ReactNode;
  };
  /** Said instead of rows. */
  readonly empty: ReactNode;
}

const rowHeight = 36;
const menuWidth = 44;
/** Below this all rows are in the document; above only those in view. */
const virtualFrom = 120;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, sort } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState(false);
  const [menu, setMenu] = useState<{ readonly key: string; readonly place: MenuPlace }>();
  const room = props.rowMenu === undefined ? width : width - menuWidth;
  const shown = useMemo(() => fitting(columns, room), [columns, room]);
  const sortColumn = columns.find((column) => column.key === sort.key) ?? columns[0];
  // Equals stand in the order of the first column, which names the rows.
  const nameOf = (row: Row): string => `${columns[0]?.sortValue?.(row) ?? ''} ${rowKey(row)}`;
  const sorted = sortRows(rows, sortColumn?.sortValue ?? rowKey, sort.descending, nameOf);
  const ordered = useSteadyOrder(sorted, rowKey, pointed, `${sort.key} ${sort.descending}`);
  const virtualizer = useVirtualizer({
    count: ordered.length,
    enabled: ordered.length > virtualFrom,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = ordered.length > virtualFrom ? virtualizer.getVirtualItems() : undefined;
  const first = items?.[0]?.index ?? 0;
  const visible = items === undefined ? ordered : ordered.slice(first, (items.at(-1)?.index ?? -1) + 1);
  // It goes with its row.
  const menuRow = menu === undefined ? undefined : ordered.find((row) => rowKey(row) === menu.key);
  const below = items === undefined ? 0 : ordered.length - first - visible.length;

  return (
    <div
      ref={frame}
      className={styles.frame}
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
    >
      <table className={styles.table} aria-label={props.label} aria-rowcount={ordered.length + 1}>
        <colgroup>
          {shown.map((column, index) => (
            <col key={column.key} style={index === 0 ? undefined : { width: column.width }} />
          ))}
          {props.rowMenu !== undefined && <col style={{ width: menuWidth }} />}
        </colgroup>
        <Header columns={shown} sort={sort} onSort={props.onSort} hasMenu={props.rowMenu !== undefined} />
        <tbody onKeyDown={moveBetweenRows}>
          {first > 0 && <Spacer rows={first} columns={shown.length + Number(props.rowMenu !== undefined)} />}
          {visible.map((row, index) => (
            <TableRow
              key={rowKey(row)}
              row={row}
              index={first + index}
              columns={shown}
              table={props}
              onMenu={(place) => setMenu({ key: rowKey(row), place })}
            />
          ))}
          {below > 0 && <Spacer rows={below} columns={shown.length + Number(props.rowMenu !== undefined)} />}
        </tbody>
      </table>
      {ordered.length === 0 && props.empty}
      {menuRow !== undefined &&
        menu !== undefined &&
        props.rowMenu?.render(menuRow, menu.place, () => setMenu(undefined))}
    </div>
  );
}

/** The columns that fit: those that give way most are left out first. What is left out is in the detail pane. */
export function fitting<Row>(columns: readonly Column<Row>[], width: number): readonly Column<Row>[] {
  let shown = columns;
  while (width > 0 && shown.reduce((sum, column) => sum + column.width, 0) > width) {
    const most = Math.max(...shown.map((column) => column.gives ?? 0));
    if (most === 0) break;
    shown = shown.filter((column) => (column.gives ?? 0) < most);
  }
  return shown;
}

function Header<Row>({
  columns,
  sort,
  onSort,
  hasMenu,
}: {
  readonly hasMenu: boolean;
  readonly columns: readonly Column<Row>[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const sorted = column.key === sort.key ? (sort.descending ? 'descending' : 'ascending') : undefined;
          return (
            <th
              key={column.key}
              scope="col"
              className={column.align === 'right' ? styles.right : undefined}
              aria-sort={sorted}
            >
              {column.sortValue === undefined ? (
                column.title
              ) : (
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => onSort(nextSort(sort, column.key))}
                >
                  {column.title}
                  <svg
                    viewBox="0 0 8 8"
                    aria-hidden="true"
                    className={styles.arrow}
                    data-sorted={sorted ?? 'no'}
                  >
                    <path d="M4 1.5 7 6H1Z" fill="currentColor" />
                  </svg>
                </button>
              )}
            </th>
          );
        })}
        {hasMenu && (
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        )}
      </tr>
    </thead>
  );
}

function TableRow<Row>({
  row,
  index,
  columns,
  table,
  onMenu,
}: {
  readonly onMenu: (place: MenuPlace) => void;
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly table: DataTableProps<Row>;
}) {
  const selected = table.rowKey(row) === table.selectedKey;
  return (
    // The link in the first cell is what the keyboard reaches; clicking anywhere in the row is a convenience.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      className={selected ? styles.selected : undefined}
      aria-current={selected ? 'true' : undefined}
      aria-rowindex={index + 2}
      onClick={(event) => {
        if (!event.defaultPrevented) table.onOpen(row);
      }}
      onContextMenu={(event) => {
        if (table.rowMenu === undefined) return;
        event.preventDefault();
        onMenu(placeOf(event));
      }}
    >
      {columns.map((column, place) => (
        <td key={column.key} className={column.align === 'right' ? styles.right : undefined}>
          {place === 0 ? (
            <Link
              href={table.rowHref(row)}
              className={styles.name}
              onClick={(event) => event.stopPropagation()}
            >
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
      {table.rowMenu !== undefined && (
        <td className={styles.menu}>
          <IconButton
            size="small"
            aria-label={table.rowMenu.label(row)}
            aria-haspopup="menu"
            onClick={(event) => {
              event.stopPropagation();
              onMenu(placeBelow(event.currentTarget));
            }}
          >
            <MoreHorizOutlined fontSize="small" />
          </IconButton>
        </td>
      )}
    </tr>
  );
}

function Spacer({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    <tr aria-hidden="true" className={styles.spacer}>
      <td colSpan={columns} style={{ height: rows * rowHeight }} />
    </tr>
  );
}

/** Up and down go from name to name. */
function moveBetweenRows(event: KeyboardEvent<HTMLTableSectionElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('td:first-child a')];
  const place = links.findIndex((link) => link === document.activeElement);
  const next = links[place + (event.key === 'ArrowDown' ? 1 : -1)];
  if (place === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
