import type { VmStanding } from '#shared/model/event.ts';
import { taskId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmDetails, VmInterfaces } from '#shared/model/vmDetails.ts';
import type { VmHistory, VmHistoryEntry } from '#shared/model/vmHistory.ts';
import { serverA, serverB } from './fakeCluster.ts';

export interface HistoryPage {
  readonly limit: number;
  readonly before?: number | undefined;
}

const gibibyte = 1024 ** 3;
const minute = 60_000;
const day = 24 * 60 * minute;

/** What its host says of a VM: an overlay over a template that both hosts share. */
export function fakeDetails(vm: Vm, now: number): VmDetails {
  const [other] = vm.hostId === serverA ? [serverB] : [serverA];
  return {
    at: now,
    configuration: [
      { name: 'vCPUs', value: String(vm.vcpus) },
      { name: 'CPU model', value: 'EPYC-Rome' },
      { name: 'Memory', value: `${vm.memoryMiB / 1024} GiB` },
      { name: 'Guest system', value: 'Debian 12' },
      { name: 'Guest agent', value: 'connected' },
      { name: 'Machine', value: `${vm.machine}, x86_64, KVM` },
      { name: 'Firmware', value: 'UEFI' },
      { name: 'Boots from', value: 'disk' },
      { name: 'Clock', value: 'UTC' },
      { name: 'Graphical console', value: 'VNC at 127.0.0.1:5900' },
    ],
    disks: vm.disks.map(({ target, source = '', backingChain }) => ({
      target,
      bus: 'virtio',
      chain: [
        {
          path: source,
          format: 'qcow2',
          kind: 'file',
          virtualBytes: 20 * gibibyte,
          allocatedBytes: 1.2 * gibibyte,
          sharedWith: [other],
        },
        ...backingChain.map((base) => ({
          ...base,
          kind: 'file' as const,
          virtualBytes: 20 * gibibyte,
          allocatedBytes: 2.1 * gibibyte,
          sharedWith: [other],
        })),
      ],
    })),
  };
}

/** 1 Mbit/s in, 2 Mbit/s out. */
export function fakeInterfaces(vm: Vm, now: number): VmInterfaces {
  const runs = vm.state === 'active' || vm.state === 'paused';
  return {
    at: now,
    interfaces: vm.nics.map(({ mac }, index) => ({
      mac,
      link: 'up',
      addresses: runs ? [`10.77.1.${20 + index}/24`] : [],
      ...(runs ? { addressesFrom: 'agent', receivedBytes: now * 125, sentBytes: now * 250 } : {}),
    })),
  };
}

/** Two days of a VM, newest first. */
export function fakeHistory(vm: Vm, now: number, { limit, before = Infinity }: HistoryPage): VmHistory {
  const onA: VmStanding = { hostId: serverA, hostName: 'server-a', state: 'active', reason: 'booted' };
  const off: VmStanding = { ...onA, state: 'inactive', reason: 'shutdown' };
  const onB: VmStanding = { hostId: serverB, hostName: 'server-b', state: 'active', reason: 'migrated' };
  const change = (at: number, from: VmStanding, to: VmStanding) => ({ at, from, to });
  const all: readonly VmHistoryEntry[] = [
    {
      kind: 'task',
      at: now - 5 * minute,
      task: {
        id: taskId('task-91'),
        kind: 'migration',
        title: `Migrate ${vm.name} from server-a to server-b`,
        state: 'succeeded',
        requestedBy: { who: 'ana@desk-7', via: 'desktop' },
      },
      changes: [change(now - 5 * minute, onA, onB)],
    },
    { kind: 'change', at: now - 50 * minute, change: change(now - 50 * minute, off, onA) },
    { kind: 'gap', at: now - 60 * minute, since: now - 130 * minute, hostName: 'server-a' },
    {
      kind: 'task',
      at: now - day,
      task: {
        id: taskId('task-90'),
        kind: 'shut-down',
        title: `Shut down ${vm.name}`,
        state: 'succeeded',
        requestedBy: { who: 'ben@desk-2', via: 'command' },
      },
      changes: [change(now - day, onA, off)],
    },
    { kind: 'seen', at: now - 2 * day, standing: onA },
  ];
  const entries = all.filter(({ at }) => at < before).slice(0, limit);
  const oldest = entries.at(-1);
  const isAll = oldest === undefined || oldest === all.at(-1);
  return { entries, ...(isAll ? {} : { before: oldest.at }) };
}

export function fakeXml(vm: Vm, which: 'current' | 'inactive'): string {
  return [
    "<domain type='kvm'>",
    `  <name>${vm.name}</name>`,
    `  <uuid>${vm.uuid}</uuid>`,
    `  <memory unit='MiB'>${which === 'current' ? vm.memoryMiB : vm.memoryMiB * 2}</memory>`,
    '</domain>',
  ].join('\n');
}
