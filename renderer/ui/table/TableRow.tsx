import { type MouseEvent, memo, type ReactNode } from 'react';
import { type MenuPlace, placeOf } from '../ActionMenu.tsx';
import styles from '../DataTable.module.css';
import type { ChoiceStep } from './choosing.ts';
import type { Column } from './column.ts';

export interface RowHandlers<Row> {
  readonly open: (row: Row) => void;
  readonly menu: (key: string, place: MenuPlace) => void;
  readonly choose: (step: ChoiceStep) => void;
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly rowKey: string;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly name: string;
  readonly href: string;
  readonly selected: boolean;
  /** undefined where nothing can be chosen. */
  readonly chosen: boolean | undefined;
  readonly hasMenu: boolean;
  readonly menuOpen: boolean;
  readonly handlers: RowHandlers<Row>;
}

const isModified = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey || event.shiftKey;

function PlainTableRow<Row>(props: TableRowProps<Row>): ReactNode {
  const { row, rowKey, columns, name, selected, chosen, handlers } = props;
  return (
    // The link in the first cell is what the keyboard reaches; clicking anywhere in the row is a convenience.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      className={selected ? styles.selected : undefined}
      data-chosen={chosen}
      aria-current={selected ? 'true' : undefined}
      aria-rowindex={props.index + 2}
      onMouseDown={(event) => {
        // A range of rows is meant, not of text.
        if (chosen !== undefined && event.shiftKey) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.defaultPrevented) return;
        if (chosen !== undefined && isModified(event)) {
          event.preventDefault();
          handlers.choose({ key: rowKey, range: event.shiftKey });
        } else handlers.open(row);
      }}
      onContextMenu={(event) => {
        if (!props.hasMenu) return;
        event.preventDefault();
        handlers.menu(rowKey, placeOf(event));
      }}
    >
      {chosen !== undefined && (
        // The cell around the box is a larger target for the pointer; the box itself is what the keyboard reaches.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
        <td
          className={styles.box}
          onClick={(event) => {
            event.stopPropagation();
            handlers.choose({ key: rowKey, range: event.shiftKey });
          }}
        >
          <input
            type="checkbox"
            aria-label={`Choose ${name}`}
            checked={chosen}
            // The click goes on to the cell, which knows of Shift.
            onChange={() => {}}
          />
        </td>
      )}
      {columns.map((column, place) => (
        <td key={column.key} className={column.align === 'right' ? styles.right : undefined}>
          {place === 0 ? (
            <a
              href={props.href}
              data-row
              className={styles.name}
              onClick={(event) => {
                if (isModified(event)) return;
                event.preventDefault();
                event.stopPropagation();
                handlers.open(row);
              }}
              onKeyDown={(event) => {
                if (chosen === undefined || event.key !== ' ') return;
                event.preventDefault();
                handlers.choose({ key: rowKey, range: event.shiftKey });
              }}
            >
              {column.cell(row)}
            </a>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
      <td />
      <td className={styles.menu}>
        {props.hasMenu && (
          <button
            type="button"
            className={styles.more}
            aria-label={`Actions of ${name}`}
            title={`Actions of ${name}`}
            aria-haspopup="menu"
            aria-expanded={props.menuOpen}
            onClick={(event) => {
              event.stopPropagation();
              handlers.menu(rowKey, { at: 'element', element: event.currentTarget });
            }}
          >
            <svg viewBox="0 0 16 16" aria-hidden="true">
              {/* Three dots of one stroke: each element of a row is paid for with every row that comes into view. */}
              <path d="M8 3h0M8 8h0M8 13h0" />
            </svg>
          </button>
        )}
      </td>
    </tr>
  );
}

/** Drawn again only when something of its own changed: a table of 10,000 rows scrolls by this. */
export const TableRow = memo(PlainTableRow) as typeof PlainTableRow;
