import { useMemo } from 'react';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { useLive, useSession } from '../../transport/hooks.ts';
import type { FilterField, FilterLanguage } from '../../ui/filter/filterLanguage.ts';
import { hostStateWords, type ShownState } from '../../ui/states.ts';

export type VmCounts = ReadonlyMap<HostId, number>;

/** What a filter can ask of hosts. */
export function useHostLanguage(stateOf: (host: Host) => ShownState, counts: VmCounts): FilterLanguage<Host> {
  const { samples } = useSession();
  const clusters = useLive((model) => model.clusters);
  return useMemo(() => {
    const clusterOf = (host: Host): string => clusters.get(host.clusterId)?.name.toLowerCase() ?? '';
    const wordsOf = (host: Host): readonly string[] => [
      ...new Set([
        host.connection.state.replace('-', ' '),
        stateOf(host)
          .word.toLowerCase()
          .replace(/^link at .*/, 'slow link'),
      ]),
    ];
    const measured = (host: Host, column: number): number | undefined =>
      host.connection.state === 'connected' ? samples.host(host.id)?.latest(column) : undefined;
    const fields: readonly FilterField<Host>[] = [
      { kind: 'text', key: 'name', title: 'name', within: true, values: (host) => [host.name.toLowerCase()] },
      { kind: 'text', key: 'state', title: 'state', values: wordsOf, choices: hostStateWords },
      {
        kind: 'text',
        key: 'cluster',
        title: 'cluster',
        values: (host) => [clusterOf(host)],
        choices: [...clusters.values()].map(({ name }) => name),
      },
      {
        kind: 'figure',
        key: 'cpu',
        title: 'CPU',
        unit: 'percent',
        live: true,
        examples: ['>80', '>50', '<10'],
        value: (host) => {
          const share = measured(host, 0);
          return share === undefined ? undefined : share * 100;
        },
      },
      {
        kind: 'figure',
        key: 'used',
        title: 'memory used',
        unit: 'memory',
        live: true,
        examples: ['>64GiB', '>16GiB'],
        value: (host) => measured(host, 1),
      },
      {
        kind: 'figure',
        key: 'memory',
        title: 'memory',
        unit: 'memory',
        examples: ['>=64GiB', '>=256GiB'],
        value: (host) => host.capacity?.memoryMiB,
      },
      {
        kind: 'figure',
        key: 'vms',
        title: 'VMs',
        unit: 'count',
        examples: ['0', '>20'],
        value: (host) => counts.get(host.id) ?? 0,
      },
      {
        kind: 'text',
        key: 'libvirt',
        title: 'libvirt',
        values: (host) => (host.capacity === undefined ? [] : [host.capacity.libvirtVersion]),
      },
      {
        kind: 'text',
        key: 'address',
        title: 'address',
        within: true,
        values: (host) => [host.address.toLowerCase()],
      },
    ];
    return {
      noun: 'host',
      fields,
      words: (host) =>
        [host.name, host.address, clusterOf(host), host.capacity?.libvirtVersion ?? '', ...wordsOf(host)]
          .join('\n')
          .toLowerCase(),
    };
  }, [samples, clusters, stateOf, counts]);
}
