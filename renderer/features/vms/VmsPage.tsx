import Button from '@mui/material/Button';
import type { Vm } from '#shared/model/vm.ts';
import { useLive, useSampleVersion, useSession } from '../../transport/hooks.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Page } from '../../ui/Page.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import type { ShownState } from '../../ui/states.ts';
import { useOpened, useSort, useViewState } from '../../ui/useViewState.ts';
import { useVms, vmHref } from '../inventory.ts';
import { useShownVmState } from './useShownVmState.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmCpu, VmMemory } from './VmLoad.tsx';
import { VmPane } from './VmPane.tsx';
import { VmRefusals } from './VmRefusals.tsx';
import { filterVms } from './vmFilter.ts';

export function VmsPage() {
  useSampleVersion();
  const vms = useVms();
  const hosts = useLive((model) => model.hosts);
  const opened = useOpened('/vms');
  const selected = vms.find((vm) => vm.id === opened.id);
  const [filter, setFilter] = useViewState('filter');
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const hostName = (vm: Vm): string => hosts.get(vm.hostId)?.name ?? '';
  const stateOf = useShownVmState();
  const shown = filterVms(vms, filter, hostName, (vm) => stateOf(vm).word);
  const columns = useVmColumns(hostName, stateOf);
  const menuOf = useVmMenu();
  return (
    <Page
      title="Virtual machines"
      count={countOf(shown.length, vms.length)}
      fill
      actions={
        <FilterField label="Filter VMs" hint="Name, host, state, MAC…" value={filter} onChange={setFilter} />
      }
      aside={selected && <VmPane key={selected.id} vm={selected} onClose={opened.close} />}
    >
      <VmRefusals vms={vms} openId={opened.id} />
      <DataTable
        label="Virtual machines"
        columns={columns}
        rows={shown}
        rowKey={(vm) => vm.id}
        rowHref={(vm) => opened.href(vmHref(vm.id))}
        onOpen={(vm) => opened.open(vmHref(vm.id))}
        selectedKey={opened.id}
        rowMenu={menuOf}
        sort={sort}
        onSort={setSort}
        empty={vms.length === 0 ? <NoVms /> : <NoMatch filter={filter} clear={() => setFilter('')} />}
      />
    </Page>
  );
}

function countOf(shown: number, all: number): string | undefined {
  if (all === 0) return undefined;
  return shown === all ? String(all) : `${shown} of ${all}`;
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

function useVmColumns(hostName: (vm: Vm) => string, stateOf: (vm: Vm) => ShownState): readonly Column<Vm>[] {
  const { samples } = useSession();
  return [
    {
      key: 'name',
      title: 'Name',
      width: 170,
      sortValue: (vm) => vm.name,
      cell: (vm) => <span title={vm.name}>{vm.name}</span>,
    },
    {
      key: 'state',
      title: 'State',
      width: 165,
      sortValue: (vm) => stateOf(vm).word,
      cell: (vm) => {
        const { shape, word, detail } = stateOf(vm);
        return <StateChip shape={shape} word={word} title={detail} />;
      },
    },
    {
      key: 'host',
      title: 'Host',
      width: 120,
      sortValue: hostName,
      cell: (vm) => <span title={hostName(vm)}>{hostName(vm)}</span>,
    },
    {
      key: 'vcpus',
      title: 'vCPUs',
      width: 76,
      align: 'right',
      gives: 2,
      sortValue: (vm) => vm.vcpus,
      cell: (vm) => vm.vcpus,
    },
    {
      key: 'cpu',
      title: 'CPU',
      width: 200,
      sortValue: (vm) => samples.vm(vm.id)?.latest(0),
      cell: (vm) => <VmCpu vm={vm} />,
    },
    {
      key: 'memory',
      title: 'Memory',
      width: 250,
      gives: 1,
      sortValue: (vm) => samples.vm(vm.id)?.latest(1) ?? vm.memoryMiB,
      cell: (vm) => <VmMemory vm={vm} />,
    },
  ];
}
