import TextField from '@mui/material/TextField';
import { useLocation, useRoute, useSearch } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { useLive, useSampleVersion, useSession } from '../../transport/hooks.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatMiB, formatShare } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { vmState } from '../../ui/states.ts';
import { useSort, useViewState, withQuery } from '../../ui/useViewState.ts';
import { useVms, vmHref } from '../inventory.ts';
import { VmPane } from './VmPane.tsx';

export function VmsPage() {
  useSampleVersion();
  const all = useVms();
  const [, navigate] = useLocation();
  const search = useSearch();
  const [, parameters] = useRoute('/vms/:id');
  const id = parameters === null ? undefined : decodeURIComponent(parameters.id ?? '');
  const [filter, setFilter] = useViewState('filter');
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const columns = useVmColumns();
  const wanted = filter.trim().toLowerCase();
  const vms = all.filter((vm) => vm.name.toLowerCase().includes(wanted) || vm.state.includes(wanted));
  const selected = all.find((vm) => vm.id === id);
  const href = (vm: Vm): string => withQuery(vmHref(vm.id), search);
  return (
    <Page
      title="Virtual machines"
      count={all.length === 0 ? undefined : String(all.length)}
      fill
      actions={
        <TextField
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          placeholder="Name or state"
          slotProps={{ htmlInput: { 'aria-label': 'Filter VMs by name or state' } }}
        />
      }
      aside={selected && <VmPane vm={selected} onClose={() => navigate(withQuery('/vms', search))} />}
    >
      <DataTable
        label="Virtual machines"
        columns={columns}
        rows={vms}
        rowKey={(vm) => vm.id}
        rowHref={href}
        onOpen={(vm) => navigate(href(vm))}
        selectedKey={id}
        sort={sort}
        onSort={setSort}
        empty={
          <EmptyState title={all.length === 0 ? 'No VM on the hosts that answer' : 'No VM fits the filter'}>
            {all.length === 0
              ? 'VMs that are defined on your hosts appear here by themselves.'
              : `None of ${all.length} VMs has "${filter}" in its name or state.`}
          </EmptyState>
        }
      />
    </Page>
  );
}

function useVmColumns(): readonly Column<Vm>[] {
  const { samples } = useSession();
  const hosts = useLive((model) => model.hosts);
  const hostName = (vm: Vm): string => hosts.get(vm.hostId)?.name ?? '';
  const cpu = (vm: Vm): number | undefined => samples.vm(vm.id)?.latest(0);
  return [
    { key: 'name', title: 'Name', width: 160, sortValue: (vm) => vm.name, cell: (vm) => vm.name },
    {
      key: 'state',
      title: 'State',
      width: 130,
      sortValue: (vm) => vmState(vm).word,
      cell: (vm) => {
        const { shape, word, detail } = vmState(vm);
        return <StateChip shape={shape} word={word} title={detail} />;
      },
    },
    { key: 'host', title: 'Host', width: 140, sortValue: hostName, cell: hostName },
    {
      key: 'cpu',
      title: 'CPU',
      width: 90,
      align: 'right',
      sortValue: cpu,
      cell: (vm) => {
        const share = cpu(vm);
        return share === undefined ? '' : <Quantity value={formatShare(share)} />;
      },
    },
    {
      key: 'vcpus',
      title: 'vCPUs',
      width: 80,
      align: 'right',
      gives: 1,
      sortValue: (vm) => vm.vcpus,
      cell: (vm) => vm.vcpus,
    },
    {
      key: 'memory',
      title: 'Memory',
      width: 110,
      align: 'right',
      sortValue: (vm) => vm.memoryMiB,
      cell: (vm) => <Quantity value={formatMiB(vm.memoryMiB)} />,
    },
  ];
}
