import Popover from '@mui/material/Popover';
import { useState } from 'react';
import type { TableLayout } from '#shared/contract/desktopShell.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { ReasonedButton } from '../ReasonedButton.tsx';
import styles from './ColumnsButton.module.css';
import type { Column } from './column.ts';
import { ordered, usualLayout, withMoved, withShown } from './tableLayout.ts';

interface Columns<Row> {
  readonly table: string;
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Column<Row>[];
  readonly layout: TableLayout;
  readonly onLayout: (layout: TableLayout) => void;
}

/** At the end of the head: which columns there are, which are shown, and in what order. */
export function ColumnsButton<Row>(columns: Columns<Row>) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  return (
    <>
      <button
        type="button"
        className={styles.button}
        aria-label={`Columns of ${columns.table}`}
        title="Columns"
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10" fill="none" stroke="currentColor" />
        </svg>
      </button>
      {anchor !== undefined && (
        <Popover
          open
          anchorEl={anchor}
          onClose={() => setAnchor(undefined)}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
          transformOrigin={{ vertical: 'top', horizontal: 'right' }}
          slotProps={{
            paper: {
              role: 'dialog',
              'aria-label': `Columns of ${columns.table}`,
              className: styles.panel ?? '',
              sx: { border: '1px solid var(--line)', boxShadow: 'var(--float)' },
            },
          }}
        >
          <ColumnList {...columns} />
        </Popover>
      )}
    </>
  );
}

function ColumnList<Row>({ columns, shown, layout, onLayout }: Columns<Row>) {
  const list = ordered(columns, layout);
  const first = list[0]?.key;
  const isUsual = layout.order.length + Object.keys({ ...layout.shown, ...layout.widths }).length === 0;
  return (
    <>
      <ul className={styles.list}>
        {list.map((column, place) => {
          const isShown = shown.includes(column);
          const givesWay = !isShown && layout.shown[column.key] === undefined && column.spare !== true;
          const before = list[place - 1]?.key;
          const after = list[place + 1]?.key;
          return (
            <li key={column.key}>
              <label>
                <input
                  type="checkbox"
                  checked={isShown}
                  // Not disabled: what is said of it is to be reached by the keyboard.
                  aria-disabled={column.key === first}
                  onChange={() => {
                    if (column.key !== first) onLayout(withShown(layout, column.key, !isShown));
                  }}
                />
                {column.title}
                {column.key === first && <span className={styles.note}>always shown</span>}
                {givesWay && <span className={styles.note}>no room just now</span>}
              </label>
              {column.key !== first && (
                <>
                  <Arrow
                    name={`Move ${column.title} up`}
                    path="M8 4 13 11H3Z"
                    onClick={
                      before === undefined || before === first
                        ? undefined
                        : () => onLayout(withMoved(layout, columns, column.key, 'before', before))
                    }
                  />
                  <Arrow
                    name={`Move ${column.title} down`}
                    path="M8 12 3 5h10Z"
                    onClick={
                      after === undefined
                        ? undefined
                        : () => onLayout(withMoved(layout, columns, column.key, 'after', after))
                    }
                  />
                </>
              )}
            </li>
          );
        })}
      </ul>
      <p className={styles.note}>
        Or drag a title to its place, and its edge to its width; with the keyboard on a title, Alt+Shift and
        Shift with the arrows.
      </p>
      <ReasonedButton
        verdict={isUsual ? refused('The columns are as usual.') : allowed}
        onClick={() => onLayout(usualLayout)}
      >
        As usual again
      </ReasonedButton>
    </>
  );
}

function Arrow({
  name,
  path,
  onClick,
}: {
  readonly name: string;
  readonly path: string;
  readonly onClick: (() => void) | undefined;
}) {
  return (
    <button
      type="button"
      className={styles.arrow}
      aria-label={name}
      title={name}
      // Not disabled: whoever moves a column to its end by the keyboard keeps the focus.
      aria-disabled={onClick === undefined}
      onClick={onClick}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} fill="currentColor" />
      </svg>
    </button>
  );
}
