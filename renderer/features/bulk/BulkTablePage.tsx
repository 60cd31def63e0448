import Button from '@mui/material/Button';
import { type ReactNode, useState } from 'react';
import type { ObjectMenu } from '../../ui/ActionMenu.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/filter/FilterBar.tsx';
import { FilterProblem } from '../../ui/filter/FilterProblem.tsx';
import type { FilterLanguage } from '../../ui/filter/filterLanguage.ts';
import { countOf, useFilter } from '../../ui/filter/useFilter.ts';
import { Page } from '../../ui/Page.tsx';
import { nothingChosen } from '../../ui/table/choosing.ts';
import type { Column } from '../../ui/table/column.ts';
import { useChoice } from '../../ui/table/useChoice.ts';
import { useOpened, useSort, useViewState } from '../../ui/useViewState.ts';
import { BulkBar } from './BulkBar.tsx';
import { BulkOutcomes } from './BulkOutcomes.tsx';
import type { BulkVerb } from './bulkVerb.ts';

/** Functions of a row are kept from one drawing to the next, or every row is drawn anew. */
interface BulkTablePageProps<Row extends { readonly id: string; readonly name: string }> {
  /** "Hosts": also what choice, columns and outcomes are kept under. */
  readonly title: string;
  /** "host" */
  readonly noun: string;
  readonly path: '/hosts' | '/vms';
  readonly rows: readonly Row[];
  readonly language: FilterLanguage<Row>;
  /** What the empty filter says of its language. */
  readonly hint: string;
  readonly columns: readonly Column<Row>[];
  readonly hrefOf: (row: Row) => string;
  readonly menuOf: (row: Row) => ObjectMenu;
  readonly verbs: readonly BulkVerb<Row>[];
  readonly actions?: ReactNode;
  /** Between filter and table. */
  readonly notice?: (openId: string | undefined) => ReactNode;
  /** Of the row that is open beside the table. */
  readonly pane: (row: Row, close: () => void) => ReactNode;
  /** Said where there is no row at all. */
  readonly none: ReactNode;
}

const keyOf = (row: { readonly id: string }): string => row.id;
const nameOf = (row: { readonly name: string }): string => row.name;

/** All objects of a kind: filtered, one of them open beside the table, and one thing done with many at once. */
export function BulkTablePage<Row extends { readonly id: string; readonly name: string }>(
  props: BulkTablePageProps<Row>,
) {
  const { title, noun, rows, language, hrefOf } = props;
  const opened = useOpened(props.path);
  const selected = rows.find((row) => row.id === opened.id);
  const [filter, setFilter] = useViewState('filter');
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const [pointed, setPointed] = useState(false);
  const { terms, shown } = useFilter(filter, language, rows, pointed);
  const choice = useChoice(title, rows, shown, keyOf);
  return (
    <Page
      title={title}
      count={countOf(shown.length, rows.length)}
      note={<FilterProblem terms={terms} />}
      fill
      actions={props.actions}
      aside={selected && props.pane(selected, opened.close)}
    >
      <FilterBar
        label={`Filter ${noun}s`}
        hint={props.hint}
        value={filter}
        onChange={setFilter}
        language={language}
        rows={rows}
      />
      {props.notice?.(opened.id)}
      <DataTable
        label={title}
        columns={props.columns}
        rows={shown}
        rowKey={keyOf}
        rowName={nameOf}
        rowHref={hrefOf}
        onOpen={(row) => opened.open(hrefOf(row))}
        selectedKey={opened.id}
        rowMenu={props.menuOf}
        sort={sort}
        onSort={setSort}
        asked={filter}
        onPointed={setPointed}
        choice={choice}
        empty={
          rows.length === 0 ? props.none : <NoMatch noun={noun} filter={filter} clear={() => setFilter('')} />
        }
      />
      {choice.rows.length > 0 && (
        <BulkBar
          list={title}
          noun={noun}
          rows={choice.rows}
          hidden={choice.hidden}
          verbs={props.verbs}
          nameOf={nameOf}
          onClear={() => choice.onChoose(nothingChosen)}
        />
      )}
      <BulkOutcomes list={title} onChoose={choice.onChoose} />
    </Page>
  );
}

function NoMatch({
  noun,
  filter,
  clear,
}: {
  readonly noun: string;
  readonly filter: string;
  readonly clear: () => void;
}) {
  return (
    <EmptyState
      title={`No ${noun} matches "${filter}"`}
      action={
        <Button variant="outlined" onClick={clear}>
          Clear the filter
        </Button>
      }
    />
  );
}
