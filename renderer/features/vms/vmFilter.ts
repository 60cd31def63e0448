import { useMemo } from 'react';
import { naturalKey } from '#shared/model/byName.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useLive, useSession } from '../../transport/hooks.ts';
import type { FilterField, FilterLanguage } from '../../ui/filter/filterLanguage.ts';
import { type ShownState, vmStateWords } from '../../ui/states.ts';

export const yesOrNo = ['yes', 'no'] as const;
export const saidOf = (is: boolean): string => (is ? 'yes' : 'no');

/** "Active, hangs" is two of them, and what libvirt calls it is one whatever is being done to it. */
export const stateValues = (state: string, { word }: ShownState): readonly string[] => [
  ...new Set([state, ...word.toLowerCase().split(', ')]),
];

/** What a filter can ask of VMs. */
export function useVmLanguage(stateOf: (vm: Vm) => ShownState): FilterLanguage<Vm> {
  const { samples } = useSession();
  const hosts = useLive((model) => model.hosts);
  const clusters = useLive((model) => model.clusters);
  return useMemo(() => {
    const hostOf = (vm: Vm): string => hosts.get(vm.hostId)?.name.toLowerCase() ?? '';
    const clusterOf = (vm: Vm): string => clusters.get(vm.clusterId)?.name.toLowerCase() ?? '';
    const namesOf = (each: Iterable<{ readonly name: string }>): readonly string[] =>
      [...each].map(({ name }) => name).sort((a, b) => (naturalKey(a) < naturalKey(b) ? -1 : 1));
    const percentOf = (vm: Vm): number | undefined => {
      const share = vm.state === 'active' && vm.current ? samples.vm(vm.id)?.latest(0) : undefined;
      return share === undefined ? undefined : share * 100;
    };
    const fields: readonly FilterField<Vm>[] = [
      { kind: 'text', key: 'name', title: 'name', within: true, values: (vm) => [vm.name.toLowerCase()] },
      {
        kind: 'text',
        key: 'state',
        title: 'state',
        values: (vm) => stateValues(vm.state, stateOf(vm)),
        choices: vmStateWords,
      },
      {
        kind: 'text',
        key: 'host',
        title: 'host',
        values: (vm) => [hostOf(vm)],
        choices: namesOf(hosts.values()),
      },
      {
        kind: 'text',
        key: 'cluster',
        title: 'cluster',
        values: (vm) => [clusterOf(vm)],
        choices: namesOf(clusters.values()),
      },
      {
        kind: 'figure',
        key: 'cpu',
        title: 'CPU',
        unit: 'percent',
        live: true,
        examples: ['>80', '>50', '<5'],
        value: percentOf,
      },
      {
        kind: 'figure',
        key: 'memory',
        title: 'memory',
        unit: 'memory',
        examples: ['>=4GiB', '>=16GiB', '<1GiB'],
        value: (vm) => vm.memoryMiB,
      },
      {
        kind: 'figure',
        key: 'used',
        title: 'memory used',
        unit: 'memory',
        live: true,
        examples: ['>4GiB', '>1GiB'],
        value: (vm) => (vm.current ? samples.vm(vm.id)?.latest(1) : undefined),
      },
      {
        kind: 'figure',
        key: 'vcpus',
        title: 'vCPUs',
        unit: 'count',
        examples: ['>=4', '1'],
        value: (vm) => vm.vcpus,
      },
      {
        kind: 'text',
        key: 'system',
        title: 'guest system',
        values: (vm) => (vm.guestSystem === undefined ? [] : [vm.guestSystem.toLowerCase()]),
      },
      {
        kind: 'text',
        key: 'autostart',
        title: 'start with its host',
        values: (vm) => [saidOf(vm.autostart)],
        choices: yesOrNo,
      },
      {
        kind: 'text',
        key: 'network',
        title: 'network',
        values: (vm) => [...new Set(vm.nics.map((nic) => nic.source.toLowerCase()))],
      },
      {
        kind: 'text',
        key: 'mac',
        title: 'MAC address',
        within: true,
        values: (vm) => vm.nics.map((nic) => nic.mac.toLowerCase()),
      },
      {
        kind: 'text',
        key: 'disk',
        title: 'disk',
        within: true,
        values: (vm) => vm.disks.flatMap((disk) => disk.source?.toLowerCase() ?? []),
      },
      { kind: 'text', key: 'uuid', title: 'UUID', within: true, values: (vm) => [vm.uuid.toLowerCase()] },
    ];
    // Made out once for each of 10,000, and then only looked through.
    const known = new WeakMap<Vm, string>();
    const words = (vm: Vm): string => {
      const before = known.get(vm);
      if (before !== undefined) return before;
      const all = [...shownOf(vm), hostOf(vm), stateOf(vm).word].join('\n').toLowerCase();
      known.set(vm, all);
      return all;
    };
    return { noun: 'VM', fields, words };
  }, [samples, hosts, clusters, stateOf]);
}

const shownOf = (vm: Vm): readonly string[] => [
  vm.name,
  vm.uuid,
  vm.guestSystem ?? '',
  ...vm.nics.flatMap((nic) => [nic.mac, nic.source]),
  ...vm.disks.map((disk) => disk.source ?? ''),
];
