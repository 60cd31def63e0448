import FilterListOutlined from '@mui/icons-material/FilterListOutlined';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useMemo, useState } from 'react';
import styles from './FilterMenu.module.css';
import {
  type FilterField,
  type FilterLanguage,
  hasValue,
  readFilter,
  toggledValue,
} from './filterLanguage.ts';
import { occurring } from './suggestions.ts';

interface FilterMenuProps<Row> {
  readonly text: string;
  readonly language: FilterLanguage<Row>;
  readonly rows: readonly Row[];
  readonly onChange: (text: string) => void;
}

const mostListed = 100;

/** For whoever does not type: the keys, then the values that occur, each with how many rows have it. */
export function FilterMenu<Row>({ text, language, rows, onChange }: FilterMenuProps<Row>) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const [key, setKey] = useState<string>();
  const field = language.fields.find((each) => each.key === key);
  // A text of which nearly every row has its own is typed, not chosen.
  const offered = language.fields.filter((each) => each.kind === 'figure' || each.within !== true);
  const close = (): void => {
    setAnchor(undefined);
    setKey(undefined);
  };
  const name = field === undefined ? `Filter by` : `Filter by ${field.title}`;
  return (
    <>
      <IconButton
        size="small"
        aria-label="Choose filters"
        title="Choose filters"
        aria-haspopup="menu"
        aria-expanded={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <FilterListOutlined fontSize="small" />
      </IconButton>
      {anchor !== undefined && (
        <Menu
          // The keys and the values of one are two menus, each beginning at its first line.
          key={key ?? ''}
          open
          anchorEl={anchor}
          onClose={close}
          transitionDuration={0}
          slotProps={{
            paper: { role: 'region', 'aria-label': name, sx: { minWidth: 240, maxHeight: 420 } },
            list: { 'aria-label': name, dense: true },
          }}
        >
          {field === undefined
            ? offered.map((each) => (
                <MenuItem key={each.key} onClick={() => setKey(each.key)}>
                  <span className={styles.title}>{each.title}</span>
                  <code className={styles.note}>{each.key}:</code>
                </MenuItem>
              ))
            : [
                <MenuItem key="back" onClick={() => setKey(undefined)} sx={{ color: 'var(--text-2)' }}>
                  ‹ {field.title}
                </MenuItem>,
                <Values
                  key="values"
                  field={field}
                  rows={rows}
                  isTicked={(value) => isTicked(text, language, field.key, value)}
                  onTick={(value) => onChange(toggledValue(text, language, field.key, value))}
                />,
              ]}
        </Menu>
      )}
    </>
  );
}

function isTicked<Row>(text: string, language: FilterLanguage<Row>, key: string, value: string): boolean {
  const terms = readFilter(text, language);
  return hasValue(
    terms.find((term) => term.field?.key === key && !term.negated),
    value,
  );
}

function Values<Row>({
  field,
  rows,
  isTicked,
  onTick,
}: {
  readonly field: FilterField<Row>;
  readonly rows: readonly Row[];
  readonly isTicked: (value: string) => boolean;
  readonly onTick: (value: string) => void;
}) {
  const values = useMemo(
    () =>
      field.kind === 'figure'
        ? field.examples.map((value) => ({ value, rows: undefined }))
        : occurring(field, rows).slice(0, mostListed),
    [field, rows],
  );
  return values.map(({ value, rows: count }) => (
    <MenuItem
      key={value}
      role="menuitemcheckbox"
      aria-checked={isTicked(value)}
      onClick={() => onTick(value)}
    >
      <span className={styles.tick} aria-hidden="true">
        {isTicked(value) ? '✓' : ''}
      </span>
      <span className={styles.title}>{value}</span>
      {count !== undefined && <span className={styles.note}>{count}</span>}
    </MenuItem>
  ));
}
