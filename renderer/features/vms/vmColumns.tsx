import { useMemo } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useLive, useSession } from '../../transport/hooks.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import type { ShownState } from '../../ui/states.ts';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { VmCpu, VmMemory } from './VmLoad.tsx';
import { saidOf } from './vmFilter.ts';

/** The same as long as nothing that they say has changed: a table draws no row anew for other columns. */
export function useVmColumns(stateOf: (vm: Vm) => ShownState): readonly Column<Vm>[] {
  const { samples } = useSession();
  const hosts = useLive((model) => model.hosts);
  const clusters = useLive((model) => model.clusters);
  return useMemo(() => {
    const hostName = (vm: Vm): string => hosts.get(vm.hostId)?.name ?? '';
    return [
      {
        key: 'name',
        title: 'Name',
        width: 150,
        sortValue: (vm) => vm.name,
        cell: (vm) => <span title={vm.name}>{vm.name}</span>,
      },
      {
        key: 'state',
        title: 'State',
        width: 160,
        sortValue: (vm) => stateOf(vm).word,
        cell: (vm) => {
          const { shape, word, detail } = stateOf(vm);
          return <StateChip shape={shape} word={word} title={detail} />;
        },
      },
      {
        key: 'host',
        title: 'Host',
        width: 100,
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
        width: 180,
        live: true,
        sortValue: (vm) => samples.vm(vm.id)?.latest(0),
        cell: (vm) => <VmCpu vm={vm} />,
      },
      {
        key: 'memory',
        title: 'Memory',
        width: 230,
        gives: 1,
        live: true,
        sortValue: (vm) => samples.vm(vm.id)?.latest(1) ?? vm.memoryMiB,
        cell: (vm) => <VmMemory vm={vm} />,
      },
      {
        key: 'assigned',
        title: 'Memory given',
        width: 110,
        align: 'right',
        spare: true,
        sortValue: (vm) => vm.memoryMiB,
        cell: (vm) => <Quantity value={formatMiB(vm.memoryMiB)} />,
      },
      {
        key: 'cluster',
        title: 'Cluster',
        width: 150,
        spare: true,
        sortValue: (vm) => clusters.get(vm.clusterId)?.name,
        cell: (vm) => {
          const cluster = clusters.get(vm.clusterId);
          return cluster && <ClusterName cluster={cluster} />;
        },
      },
      {
        key: 'system',
        title: 'Guest system',
        width: 150,
        spare: true,
        sortValue: (vm) => vm.guestSystem,
        cell: (vm) => <span title={vm.guestSystem}>{vm.guestSystem ?? 'not known'}</span>,
      },
      {
        key: 'networks',
        title: 'Networks',
        width: 130,
        spare: true,
        sortValue: networksOf,
        cell: (vm) => <span title={networksOf(vm)}>{networksOf(vm)}</span>,
      },
      {
        key: 'macs',
        title: 'MAC addresses',
        width: 150,
        spare: true,
        sortValue: macsOf,
        cell: (vm) => <code title={macsOf(vm)}>{macsOf(vm)}</code>,
      },
      {
        key: 'autostart',
        title: 'Starts with its host',
        width: 140,
        spare: true,
        sortValue: (vm) => saidOf(vm.autostart),
        cell: (vm) => saidOf(vm.autostart),
      },
      {
        key: 'uuid',
        title: 'UUID',
        width: 290,
        spare: true,
        sortValue: (vm) => vm.uuid,
        cell: (vm) => <code title={vm.uuid}>{vm.uuid}</code>,
      },
    ];
  }, [samples, hosts, clusters, stateOf]);
}

const networksOf = (vm: Vm): string => [...new Set(vm.nics.map((nic) => nic.source))].join(', ');
const macsOf = (vm: Vm): string => vm.nics.map((nic) => nic.mac).join(', ');
