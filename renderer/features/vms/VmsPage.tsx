import Button from '@mui/material/Button';
import { useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/filter/FilterBar.tsx';
import { FilterProblem } from '../../ui/filter/FilterProblem.tsx';
import { countOf, useFilter } from '../../ui/filter/useFilter.ts';
import { Page } from '../../ui/Page.tsx';
import { nothingChosen } from '../../ui/table/choosing.ts';
import { useChoice } from '../../ui/table/useChoice.ts';
import { useOpened, useSort, useViewState } from '../../ui/useViewState.ts';
import { BulkBar } from '../bulk/BulkBar.tsx';
import { BulkOutcomes } from '../bulk/BulkOutcomes.tsx';
import { useVms, vmHref } from '../inventory.ts';
import { useShownVmState } from './useShownVmState.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmPane } from './VmPane.tsx';
import { VmRefusals } from './VmRefusals.tsx';
import { useVmBulkVerbs } from './vmBulk.tsx';
import { useVmColumns } from './vmColumns.tsx';
import { useVmLanguage } from './vmFilter.ts';

const table = 'Virtual machines';
const keyOf = (vm: Vm): string => vm.id;
const nameOf = (vm: Vm): string => vm.name;
const hrefOf = (vm: Vm): string => vmHref(vm.id);

export function VmsPage() {
  const vms = useVms();
  const opened = useOpened('/vms');
  const selected = vms.find((vm) => vm.id === opened.id);
  const [filter, setFilter] = useViewState('filter');
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const [pointed, setPointed] = useState(false);
  const stateOf = useShownVmState();
  const language = useVmLanguage(stateOf);
  const { terms, shown } = useFilter(filter, language, vms, pointed);
  const choice = useChoice(table, vms, shown, keyOf);
  const columns = useVmColumns(stateOf);
  const menuOf = useVmMenu();
  const verbs = useVmBulkVerbs();
  return (
    <Page
      title={table}
      count={countOf(shown.length, vms.length)}
      note={<FilterProblem terms={terms} />}
      fill
      aside={selected && <VmPane key={selected.id} vm={selected} onClose={opened.close} />}
    >
      <FilterBar
        label="Filter VMs"
        hint="Filter: a word, or state:paused host:a* cpu:>80"
        value={filter}
        onChange={setFilter}
        language={language}
        rows={vms}
      />
      <VmRefusals vms={vms} openId={opened.id} />
      <DataTable
        label={table}
        columns={columns}
        rows={shown}
        rowKey={keyOf}
        rowName={nameOf}
        rowHref={hrefOf}
        onOpen={(vm) => opened.open(vmHref(vm.id))}
        selectedKey={opened.id}
        rowMenu={menuOf}
        sort={sort}
        onSort={setSort}
        asked={filter}
        onPointed={setPointed}
        choice={choice}
        empty={vms.length === 0 ? <NoVms /> : <NoMatch filter={filter} clear={() => setFilter('')} />}
      />
      {choice.rows.length > 0 && (
        <BulkBar
          list={table}
          noun="VM"
          rows={choice.rows}
          hidden={choice.hidden}
          verbs={verbs}
          nameOf={nameOf}
          onClear={() => choice.onChoose(nothingChosen)}
        />
      )}
      <BulkOutcomes list={table} onChoose={choice.onChoose} />
    </Page>
  );
}

function NoVms() {
  return (
    <EmptyState title="No VM yet">
      None of the hosts that answer defines a VM. Any that is defined there appears here by itself.
    </EmptyState>
  );
}

function NoMatch({ filter, clear }: { readonly filter: string; readonly clear: () => void }) {
  return (
    <EmptyState
      title={`No VM matches "${filter}"`}
      action={
        <Button variant="outlined" onClick={clear}>
          Clear the filter
        </Button>
      }
    />
  );
}
