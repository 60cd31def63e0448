import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type UIEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useRouter } from 'wouter';
import { useSampleVersion } from '../transport/hooks.ts';
import { ActionMenu, type MenuPlace, type ObjectMenu } from './ActionMenu.tsx';
import styles from './DataTable.module.css';
import { afterChoice, type Chosen, headChoice } from './table/choosing.ts';
import type { Column } from './table/column.ts';
import { TableHead } from './table/TableHead.tsx';
import { type RowHandlers, TableRow } from './table/TableRow.tsx';
import { arranged, widthOf } from './table/tableLayout.ts';
import { keepScroll, keptScroll } from './table/tableMemory.ts';
import { useTableLayout } from './table/useTableLayout.ts';
import { type Sort, sortRows, useSteadyOrder } from './tableOrder.ts';
import { useWidth } from './useWidth.ts';

export type { Column } from './table/column.ts';

export interface DataTableProps<Row> {
  /** What the table lists: its accessible name, and what its columns are kept under. */
  readonly label: string;
  /** The first names the rows and stays first. Kept from one drawing to the next, or every row is drawn anew. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What a row's box and menu are called by. */
  readonly rowName?: (row: Row) => string;
  /** Where the row leads; its first cell is the link. */
  readonly rowHref: (row: Row) => string;
  readonly onOpen: (row: Row) => void;
  readonly selectedKey?: string | undefined;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** The filter, or whatever else the operator asked the rows by: a new one is answered also under the pointer. */
  readonly asked?: string;
  /** What can be done with a row: on right-click, and by a button at its end. */
  readonly rowMenu?: ((row: Row) => ObjectMenu) | undefined;
  /** Told when the pointer comes onto the table, and when it leaves it. */
  readonly onPointed?: (pointed: boolean) => void;
  /** Rows can be chosen, to do one thing with all of them. */
  readonly choice?: { readonly chosen: Chosen; readonly onChoose: (chosen: Chosen) => void };
  /** Said instead of rows. */
  readonly empty: ReactNode;
}

interface OpenMenu {
  readonly key: string;
  readonly place: MenuPlace;
}

const rowHeight = 36;
const headHeight = 32;
const endWidth = 44;
const boxWidth = 36;
/** Below this all rows are in the document; above only those in view. */
const virtualFrom = 60;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, rowMenu, sort, choice, asked = '' } = props;
  const [frame, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState(false);
  const [menu, setMenu] = useState<OpenMenu>();
  const [layout, setLayout] = useTableLayout(label);
  // While an edge is dragged only the columns' widths change, and no row is drawn again.
  const [resizing, setResizing] = useState<{ readonly key: string; readonly width: number }>();
  const { hrefs } = useRouter();
  const room = width === 0 ? 0 : width - endWidth - (choice === undefined ? 0 : boxWidth);
  const shown = useMemo(() => arranged(columns, layout, room), [columns, layout, room]);

  const sortColumn = columns.find((column) => column.key === sort.key) ?? columns[0];
  const isLive = sortColumn?.live === true;
  const version = useSampleVersion(isLive);
  // Equals stand in the order of the first column, which names the rows.
  const rankOf = (row: Row): string => `${columns[0]?.sortValue?.(row) ?? ''} ${rowKey(row)}`;
  const askedAll = `${sort.key} ${sort.descending} ${asked}`;
  const ordered = useSteadyOrder({
    rows,
    asked: askedAll,
    by: isLive ? undefined : columns,
    version,
    still: pointed,
    keyOf: rowKey,
    sort: () => sortRows(rows, sortColumn?.sortValue ?? rowKey, sort.descending, rankOf),
  });

  const virtualizer = useVirtualizer({
    count: ordered.length,
    enabled: ordered.length > virtualFrom,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    scrollPaddingStart: headHeight,
    overscan: 5,
  });
  const items = ordered.length > virtualFrom ? virtualizer.getVirtualItems() : undefined;
  const first = items?.[0]?.index ?? 0;
  const visible = items === undefined ? ordered : ordered.slice(first, (items.at(-1)?.index ?? -1) + 1);
  const below = items === undefined ? 0 : ordered.length - first - visible.length;
  const menuRow = menu && ordered.find((row) => rowKey(row) === menu.key);
  const cells = shown.length + 2 + (choice === undefined ? 0 : 1);

  const keys = useMemo(() => ordered.map(rowKey), [ordered, rowKey]);
  const handlers = useRowHandlers(props, keys, setMenu);
  const onScroll = usePlaceOfScroll(frame, label, askedAll, keys.indexOf(props.selectedKey ?? ''));
  const widthNow = (column: Column<Row>): number =>
    resizing?.key === column.key ? resizing.width : widthOf(column, layout);
  const sum =
    shown.reduce((total, column) => total + widthNow(column), 0) +
    endWidth +
    (choice === undefined ? 0 : boxWidth);
  const nameIsFree =
    shown[0] !== undefined && layout.widths[shown[0].key] === undefined && resizing?.key !== shown[0].key;

  const point = (is: boolean): void => {
    setPointed(is);
    props.onPointed?.(is);
  };

  return (
    <div
      ref={frame}
      className={styles.frame}
      onPointerEnter={() => point(true)}
      onPointerLeave={() => point(false)}
      onScroll={onScroll}
    >
      <table
        className={styles.table}
        style={{ minWidth: sum }}
        data-wide={width > 0 && sum > width}
        data-choosing={choice !== undefined}
        aria-label={label}
        aria-rowcount={ordered.length + 1}
      >
        <colgroup>
          {choice !== undefined && <col style={{ width: boxWidth }} />}
          {shown.map((column, index) => (
            <col
              key={column.key}
              style={index === 0 && nameIsFree ? undefined : { width: widthNow(column) }}
            />
          ))}
          {/* What is left over goes to the names, or to nobody once they were given a width. */}
          <col style={nameIsFree ? { width: 0 } : undefined} />
          <col style={{ width: endWidth }} />
        </colgroup>
        <TableHead
          table={label}
          columns={columns}
          shown={shown}
          sort={sort}
          onSort={props.onSort}
          layout={layout}
          onLayout={setLayout}
          onResizing={setResizing}
          hasMenus={rowMenu !== undefined}
          choice={
            choice && {
              state: headChoice(choice.chosen, keys),
              count: keys.length,
              onToggle: (all) => choice.onChoose(new Set(all ? keys : [])),
            }
          }
        />
        <tbody
          onKeyDown={(event) => moveBetweenRows(event, choice && (() => choice.onChoose(new Set(keys))))}
        >
          {first > 0 && <Spacer rows={first} columns={cells} />}
          {visible.map((row, index) => {
            const key = rowKey(row);
            return (
              <TableRow
                key={key}
                rowKey={key}
                row={row}
                index={first + index}
                columns={shown}
                name={props.rowName?.(row) ?? key}
                href={hrefs(props.rowHref(row))}
                selected={key === props.selectedKey}
                chosen={choice === undefined ? undefined : choice.chosen.has(key)}
                hasMenu={rowMenu !== undefined}
                menuOpen={menu?.key === key}
                handlers={handlers}
              />
            );
          })}
          {below > 0 && <Spacer rows={below} columns={cells} />}
        </tbody>
      </table>
      {ordered.length === 0 && props.empty}
      {menu !== undefined && menuRow !== undefined && rowMenu !== undefined && (
        <ActionMenu menu={rowMenu(menuRow)} place={menu.place} onClose={() => setMenu(undefined)} />
      )}
    </div>
  );
}

/** The same for every drawing, so that a row is drawn again only when something of its own changed. */
function useRowHandlers<Row>(
  props: DataTableProps<Row>,
  keys: readonly string[],
  setMenu: (menu: OpenMenu) => void,
): RowHandlers<Row> {
  const latest = useRef({ props, keys });
  latest.current = { props, keys };
  const anchor = useRef<string>(undefined);
  return useMemo(
    () => ({
      open: (row) => latest.current.props.onOpen(row),
      menu: (key, place) => {
        if (latest.current.props.rowMenu !== undefined) setMenu({ key, place });
      },
      choose: (step) => {
        const { choice } = latest.current.props;
        choice?.onChoose(afterChoice(choice.chosen, step, anchor.current, latest.current.keys));
        anchor.current = step.key;
      },
    }),
    [setMenu],
  );
}

/** Where the list was left, for whoever comes back to it; else the opened row, which an address may have led to. */
function usePlaceOfScroll(
  frame: RefObject<HTMLDivElement | null>,
  table: string,
  asked: string,
  opened: number,
): (event: UIEvent<HTMLDivElement>) => void {
  const [kept] = useState(() => keptScroll(table, asked));
  const isPlaced = useRef(false);
  const scrolledTo = useRef(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (isPlaced.current || element === null || (kept === undefined && opened === -1)) return;
    isPlaced.current = true;
    const top = opened * rowHeight;
    const inView = element.clientHeight - headHeight - rowHeight;
    element.scrollTo(0, kept ?? (top > inView ? top - inView / 2 : 0));
  }, [frame, kept, opened]);
  const before = useRef(asked);
  useLayoutEffect(() => {
    if (before.current === asked) return;
    before.current = asked;
    // Another question is answered from its beginning. To set it where it is already would lay the page out once more.
    if (scrolledTo.current > 0) frame.current?.scrollTo(0, 0);
  }, [frame, asked]);
  return (event) => {
    scrolledTo.current = event.currentTarget.scrollTop;
    keepScroll(table, { asked, scrolledTo: scrolledTo.current });
  };
}

function Spacer({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    <tr aria-hidden="true" className={styles.spacer}>
      <td colSpan={columns} style={{ height: rows * rowHeight }} />
    </tr>
  );
}

/** Up and down go from name to name, with Shift choosing on the way; Ctrl+A or Cmd+A chooses all that are shown. */
function moveBetweenRows(
  event: KeyboardEvent<HTMLTableSectionElement>,
  chooseAll: (() => void) | undefined,
): void {
  if (chooseAll !== undefined && event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    chooseAll();
    return;
  }
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a[data-row]')];
  const place = links.findIndex((link) => link === document.activeElement);
  const next = links[place + (event.key === 'ArrowDown' ? 1 : -1)];
  if (place === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
