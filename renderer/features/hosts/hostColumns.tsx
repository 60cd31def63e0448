import { useMemo } from 'react';
import type { Host } from '#shared/model/host.ts';
import { useLive, useSession } from '../../transport/hooks.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { formatCount, formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import type { ShownState } from '../../ui/states.ts';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { HostCpu, HostMemory } from './HostLoad.tsx';
import type { VmCounts } from './hostFilter.ts';

/** The same as long as nothing that they say has changed: a table draws no row anew for other columns. */
export function useHostColumns(
  stateOf: (host: Host) => ShownState,
  counts: VmCounts,
): readonly Column<Host>[] {
  const { samples } = useSession();
  const clusters = useLive((model) => model.clusters);
  return useMemo(() => {
    const countOf = (host: Host): number => counts.get(host.id) ?? 0;
    return [
      {
        key: 'name',
        title: 'Name',
        width: 150,
        sortValue: (host) => host.name,
        cell: (host) => <span title={host.name}>{host.name}</span>,
      },
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
        live: true,
        sortValue: (host) => samples.host(host.id)?.latest(0),
        cell: (host) => <HostCpu host={host} />,
      },
      {
        key: 'memory',
        title: 'Memory',
        width: 260,
        gives: 1,
        live: true,
        sortValue: (host) => samples.host(host.id)?.latest(1),
        cell: (host) => <HostMemory host={host} />,
      },
      {
        key: 'vms',
        title: 'VMs',
        width: 64,
        align: 'right',
        gives: 2,
        sortValue: countOf,
        cell: (host) => <span title={formatCount(countOf(host), 'VM')}>{countOf(host)}</span>,
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
      {
        key: 'processors',
        title: 'Processors',
        width: 190,
        spare: true,
        sortValue: (host) => host.capacity?.cpus,
        cell: ({ capacity }) => {
          const text = capacity === undefined ? 'not known' : `${capacity.cpus} × ${capacity.cpuModel}`;
          return <span title={text}>{text}</span>;
        },
      },
      {
        key: 'installed',
        title: 'Memory installed',
        width: 130,
        align: 'right',
        spare: true,
        sortValue: (host) => host.capacity?.memoryMiB,
        cell: ({ capacity }) =>
          capacity === undefined ? 'not known' : <Quantity value={formatMiB(capacity.memoryMiB)} />,
      },
      {
        key: 'qemu',
        title: 'QEMU',
        width: 80,
        spare: true,
        sortValue: (host) => host.capacity?.hypervisorVersion,
        cell: (host) => host.capacity?.hypervisorVersion ?? 'not known',
      },
    ];
  }, [samples, clusters, stateOf, counts]);
}
