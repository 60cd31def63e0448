import AddOutlined from '@mui/icons-material/AddOutlined';
import Button from '@mui/material/Button';
import { useCallback, useMemo, useState } from 'react';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { useLive } from '../../transport/hooks.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/filter/FilterBar.tsx';
import { FilterProblem } from '../../ui/filter/FilterProblem.tsx';
import { countOf, useFilter } from '../../ui/filter/useFilter.ts';
import { Page } from '../../ui/Page.tsx';
import type { ShownState } from '../../ui/states.ts';
import { nothingChosen } from '../../ui/table/choosing.ts';
import { useChoice } from '../../ui/table/useChoice.ts';
import { useOpened, useSort, useViewState } from '../../ui/useViewState.ts';
import { BulkBar } from '../bulk/BulkBar.tsx';
import { BulkOutcomes } from '../bulk/BulkOutcomes.tsx';
import { shownHostState, simulatedOf } from '../clusters/simulatedHosts.ts';
import { openDialog } from '../dialogs.ts';
import { hostHref, useHosts, useVms } from '../inventory.ts';
import { HostPane } from './HostPane.tsx';
import { useHostBulkVerbs } from './hostBulk.tsx';
import { useHostColumns } from './hostColumns.tsx';
import { useHostLanguage, type VmCounts } from './hostFilter.ts';
import { useHostMenu } from './useHostMenu.ts';

const table = 'Hosts';
const keyOf = (host: Host): string => host.id;
const nameOf = (host: Host): string => host.name;
const hrefOf = (host: Host): string => hostHref(host.id);

export function HostsPage() {
  const hosts = useHosts();
  const opened = useOpened('/hosts');
  const selected = hosts.find((host) => host.id === opened.id);
  const [filter, setFilter] = useViewState('filter');
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const [pointed, setPointed] = useState(false);
  const stateOf = useHostState();
  const counts = useVmCounts();
  const language = useHostLanguage(stateOf, counts);
  const { terms, shown } = useFilter(filter, language, hosts, pointed);
  const choice = useChoice(table, hosts, shown, keyOf);
  const columns = useHostColumns(stateOf, counts);
  const menuOf = useHostMenu();
  const verbs = useHostBulkVerbs(counts);
  return (
    <Page
      title={table}
      count={countOf(shown.length, hosts.length)}
      note={<FilterProblem terms={terms} />}
      fill
      actions={
        <>
          <Button variant="outlined" onClick={() => openDialog({ kind: 'add-simulated' })}>
            Add a simulated cluster
          </Button>
          <Button
            variant="contained"
            startIcon={<AddOutlined />}
            onClick={() => openDialog({ kind: 'add-host' })}
          >
            Add host
          </Button>
        </>
      }
      aside={selected && <HostPane host={selected} onClose={opened.close} />}
    >
      <FilterBar
        label="Filter hosts"
        hint="Filter: a word, or state:unreachable cpu:>80"
        value={filter}
        onChange={setFilter}
        language={language}
        rows={hosts}
      />
      <DataTable
        label={table}
        columns={columns}
        rows={shown}
        rowKey={keyOf}
        rowName={nameOf}
        rowHref={hrefOf}
        onOpen={(host) => opened.open(hostHref(host.id))}
        selectedKey={opened.id}
        rowMenu={menuOf}
        sort={sort}
        onSort={setSort}
        asked={filter}
        onPointed={setPointed}
        choice={choice}
        empty={hosts.length === 0 ? <NoHosts /> : <NoMatch filter={filter} clear={() => setFilter('')} />}
      />
      {choice.rows.length > 0 && (
        <BulkBar
          list={table}
          noun="host"
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

function useHostState(): (host: Host) => ShownState {
  const clusters = useLive((model) => model.clusters);
  return useCallback((host) => shownHostState(host, simulatedOf(host, clusters)), [clusters]);
}

function useVmCounts(): VmCounts {
  const vms = useVms();
  return useMemo(() => {
    const counts = new Map<HostId, number>();
    for (const { hostId } of vms) counts.set(hostId, (counts.get(hostId) ?? 0) + 1);
    return counts;
  }, [vms]);
}

function NoHosts() {
  return (
    <EmptyState title="No host yet">
      Hosts you add appear here with their load and their VMs. A host is any Linux machine that runs libvirt
      and that you can reach over SSH.
    </EmptyState>
  );
}

function NoMatch({ filter, clear }: { readonly filter: string; readonly clear: () => void }) {
  return (
    <EmptyState
      title={`No host matches "${filter}"`}
      action={
        <Button variant="outlined" onClick={clear}>
          Clear the filter
        </Button>
      }
    />
  );
}
