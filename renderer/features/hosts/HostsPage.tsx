import AddOutlined from '@mui/icons-material/AddOutlined';
import Button from '@mui/material/Button';
import type { Host } from '#shared/model/host.ts';
import { useLive, useSampleVersion, useSession } from '../../transport/hooks.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatCount } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { useOpened, useSort } from '../../ui/useViewState.ts';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { shownHostState, simulatedOf } from '../clusters/simulatedHosts.ts';
import { openDialog } from '../dialogs.ts';
import { hostHref, useHosts, useVms } from '../inventory.ts';
import { HostCpu, HostMemory } from './HostLoad.tsx';
import { HostPane } from './HostPane.tsx';
import { useHostMenu } from './useHostMenu.ts';

export function HostsPage() {
  useSampleVersion();
  const hosts = useHosts();
  const opened = useOpened('/hosts');
  const selected = hosts.find((host) => host.id === opened.id);
  const [sort, setSort] = useSort({ key: 'name', descending: false });
  const columns = useHostColumns();
  const menuOf = useHostMenu();
  return (
    <Page
      title="Hosts"
      count={hosts.length === 0 ? undefined : String(hosts.length)}
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
      <DataTable
        label="Hosts"
        columns={columns}
        rows={hosts}
        rowKey={(host) => host.id}
        rowHref={(host) => opened.href(hostHref(host.id))}
        onOpen={(host) => opened.open(hostHref(host.id))}
        selectedKey={opened.id}
        rowMenu={menuOf}
        sort={sort}
        onSort={setSort}
        empty={
          <EmptyState title="No host yet">
            Hosts you add appear here with their load and their VMs. A host is any Linux machine that runs
            libvirt and that you can reach over SSH.
          </EmptyState>
        }
      />
    </Page>
  );
}

function useHostColumns(): readonly Column<Host>[] {
  const { samples } = useSession();
  const vms = useVms();
  const clusters = useLive((model) => model.clusters);
  const stateOf = (host: Host) => shownHostState(host, simulatedOf(host, clusters));
  const count = (host: Host): number => vms.filter((vm) => vm.hostId === host.id).length;
  return [
    { key: 'name', title: 'Name', width: 150, sortValue: (host) => host.name, cell: (host) => host.name },
    {
      key: 'state',
      title: 'State',
      width: 150,
      sortValue: (host) => stateOf(host).word,
      cell: (host) => {
        const { shape, word, detail } = stateOf(host);
        return <StateChip shape={shape} word={word} title={detail} />;
      },
    },
    {
      key: 'cpu',
      title: 'CPU',
      width: 200,
      sortValue: (host) => samples.host(host.id)?.latest(0),
      cell: (host) => <HostCpu host={host} />,
    },
    {
      key: 'memory',
      title: 'Memory',
      width: 260,
      gives: 1,
      sortValue: (host) => samples.host(host.id)?.latest(1),
      cell: (host) => <HostMemory host={host} />,
    },
    {
      key: 'vms',
      title: 'VMs',
      width: 64,
      align: 'right',
      gives: 2,
      sortValue: count,
      cell: (host) => <span title={formatCount(count(host), 'VM')}>{count(host)}</span>,
    },
    {
      key: 'cluster',
      title: 'Cluster',
      width: 180,
      gives: 4,
      sortValue: (host) => clusters.get(host.clusterId)?.name,
      cell: (host) => {
        const cluster = clusters.get(host.clusterId);
        return cluster && <ClusterName cluster={cluster} />;
      },
    },
    {
      key: 'address',
      title: 'Address',
      width: 200,
      gives: 5,
      sortValue: (host) => host.address,
      cell: (host) => <code title={host.address}>{host.address.replace('ssh://', '')}</code>,
    },
    {
      key: 'libvirt',
      title: 'libvirt',
      width: 80,
      gives: 3,
      sortValue: (host) => host.capacity?.libvirtVersion,
      cell: (host) => host.capacity?.libvirtVersion ?? 'not known',
    },
  ];
}
