import type { Host } from '#shared/model/host.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Shape } from '../../ui/StateChip.tsx';
import { isHung } from '../clusters/faults.ts';
import {
  brokenIn,
  type Clusters,
  linkRate,
  type Simulated,
  simulatedOf,
} from '../clusters/simulatedHosts.ts';
import { loadItems, type SeriesOf } from './loadAttention.ts';

/** Something that is wrong now: what, why, and the one thing to do about it. Worst first. */
export interface AttentionItem {
  readonly key: string;
  readonly shape: Shape;
  readonly what: string;
  readonly why: string;
  readonly verb: AttentionVerb;
}

export type AttentionVerb =
  | { readonly kind: 'reconnect'; readonly host: Host }
  | {
      readonly kind: 'mend';
      readonly words: string;
      readonly simulated: Simulated;
      readonly fault: WorldFault;
    }
  | { readonly kind: 'open-host'; readonly host: Host }
  | { readonly kind: 'order-vm'; readonly order: 'start' | 'resume'; readonly vm: Vm }
  | { readonly kind: 'open-vm'; readonly vm: Vm }
  | { readonly kind: 'open-task'; readonly task: Task };

const dayMs = 24 * 3600 * 1000;

export function attentionItems(
  hosts: readonly Host[],
  vms: readonly Vm[],
  tasks: readonly Task[],
  now: number,
  clusters: Clusters = new Map(),
  seriesOf: SeriesOf = () => undefined,
): readonly AttentionItem[] {
  const simulatedHosts = new Map(hosts.map((host) => [host.id, simulatedOf(host, clusters)]));
  return [
    ...tasks.filter((task) => task.state === 'undecided').map(ofUndecided),
    ...hosts
      .flatMap((host) => {
        const simulated = simulatedHosts.get(host.id);
        return simulated === undefined ? ofHost(host) : ofSimulatedHost(host, simulated);
      })
      .sort((a, b) => Number(a.shape === 'attention') - Number(b.shape === 'attention')),
    ...hosts.flatMap((host) => loadItems(host, seriesOf)),
    ...vms.flatMap((vm) => {
      const items = ofVm(vm, hosts);
      const hung = ofHungVm(vm, simulatedHosts.get(vm.hostId));
      // Of ten thousand VMs hardly one is worth a list of its own.
      return hung.length === 0 ? items : [...items, ...hung];
    }),
    ...tasks.filter((task) => isOpenFailure(task, tasks, now)).map(ofFailure),
  ];
}

const nothing: readonly AttentionItem[] = [];

function ofUndecided(task: Task): AttentionItem {
  return {
    key: `task ${task.id}`,
    shape: 'unknown',
    what: `${task.title}: undecided`,
    why: task.outcome ?? 'Only a host that does not answer knows how it ended.',
    verb: { kind: 'open-task', task },
  };
}

function ofHost(host: Host): readonly AttentionItem[] {
  const { connection } = host;
  if (host.declaredDead || (connection.state !== 'unreachable' && connection.state !== 'needs-attention'))
    return [];
  return [
    {
      key: `host ${host.id}`,
      shape: connection.state === 'unreachable' ? 'failed' : 'attention',
      what: connection.state === 'unreachable' ? `${host.name} does not answer` : `${host.name} needs you`,
      why: connection.error.message,
      verb: { kind: 'reconnect', host },
    },
  ];
}

/** What was broken on purpose is said with what mends it; of a simulation that stopped the frame tells already. */
function ofSimulatedHost(host: Host, simulated: Simulated): readonly AttentionItem[] {
  if (simulated.simulation.standing !== 'running') return [];
  const { name, host: known } = simulated;
  const broken = known && brokenIn(known);
  if (known === undefined || broken === undefined) return ofHost(host);
  const item = (shape: Shape, what: string, why: string, words: string, fault: WorldFault) => [
    { key: `host ${host.id}`, shape, what, why, verb: { kind: 'mend', words, simulated, fault } as const },
  ];
  const mend = { kind: 'mend-link', host: name } as const;
  switch (broken) {
    case 'power':
      return item(
        'failed',
        `${host.name} is off`,
        'Its power is cut in the simulation, and its VMs stopped with it.',
        `Switch ${host.name} on`,
        { kind: 'power-on', host: name },
      );
    case 'starting':
      return [];
    case 'cut':
      return item(
        'failed',
        `The link of ${host.name} is cut`,
        'Its VMs run on in the simulation, but Drover and the other hosts cannot reach it.',
        `Mend the link of ${host.name}`,
        mend,
      );
    case 'slowed':
      return item(
        'attention',
        `The link of ${host.name} is slow`,
        `It carries ${linkRate(known.link.rateBitsPerSecond)} each way in the simulation; migrations take longer, or never end.`,
        `Mend the link of ${host.name}`,
        mend,
      );
    case 'far':
      return item(
        'attention',
        `${host.name} is ${known.distanceMs} ms away`,
        'Every word between Drover and it takes that long in the simulation; every order takes longer.',
        `Bring ${host.name} near again`,
        { kind: 'distance', host: name, oneWayMs: 0 },
      );
    default:
      return broken satisfies never;
  }
}

function ofHungVm(vm: Vm, simulated: Simulated | undefined): readonly AttentionItem[] {
  if (simulated === undefined || !isHung(vm, simulated)) return nothing;
  return [
    {
      key: `hung ${vm.id}`,
      shape: 'attention',
      what: `The guest of ${vm.name} hangs`,
      why: 'It uses its CPUs and answers nobody: it ignores a shutdown.',
      verb: {
        kind: 'mend',
        words: `Let ${vm.name} go on`,
        simulated,
        fault: { kind: 'unhang-vm', host: simulated.name, uuid: vm.uuid },
      },
    },
  ];
}

const broken: Readonly<Partial<Record<Vm['reason'], string>>> = {
  migration: 'was stopped by a migration and waits to be resumed or resolved',
  'post-copy': 'is paused with its memory on two hosts',
  'post-copy-failed': 'lost the host that holds the rest of its memory',
  'io-error': 'is paused because a disk of it failed or is full; resumed, it tries again',
  crashed: 'crashed',
};

function ofVm(vm: Vm, hosts: readonly Host[]): readonly AttentionItem[] {
  const fault = vm.state === 'active' || vm.heldBy !== undefined ? undefined : broken[vm.reason];
  if (vm.state === 'active' && vm.copies.some((copy) => copy.state === 'active')) {
    const running = vm.copies.filter((copy) => copy.state === 'active');
    const names = running.map(
      (copy) => hosts.find((host) => host.id === copy.hostId)?.name ?? 'another host',
    );
    return [
      {
        key: `vm ${vm.id}`,
        shape: 'failed',
        what: `${vm.name} runs twice`,
        why: `A second copy runs on ${names.join(' and ')}; both write to the same disks.`,
        verb: { kind: 'open-vm', vm },
      },
    ];
  }
  if (fault === undefined) return nothing;
  return [
    {
      key: `vm ${vm.id}`,
      shape: vm.state === 'paused' ? 'paused' : 'failed',
      what: `${vm.name} is ${vm.state}`,
      why: `It ${fault}.`,
      verb: verbOf(vm),
    },
  ];
}

/** What its state leaves to do at once; the others are to be looked at first. */
function verbOf(vm: Vm): AttentionVerb {
  if (vm.current && vm.state === 'inactive' && vm.reason === 'crashed')
    return { kind: 'order-vm', order: 'start', vm };
  if (vm.current && vm.state === 'paused' && vm.reason === 'io-error')
    return { kind: 'order-vm', order: 'resume', vm };
  return { kind: 'open-vm', vm };
}

/** Failed within a day, and not followed by one of the same kind that went well for the same VM. */
function isOpenFailure(task: Task, tasks: readonly Task[], now: number): boolean {
  if (task.state !== 'failed' || now - (task.finishedAt ?? task.createdAt) > dayMs) return false;
  return !tasks.some(
    (later) =>
      later.createdAt > task.createdAt &&
      later.kind === task.kind &&
      later.subject.vmId === task.subject.vmId &&
      (later.state === 'succeeded' || !hasEnded(later.state)),
  );
}

function ofFailure(task: Task): AttentionItem {
  return {
    key: `task ${task.id}`,
    shape: 'failed',
    what: `${task.title}: failed`,
    why: task.error?.next ?? task.error?.message ?? task.outcome ?? 'It gave no reason; its log says more.',
    verb: { kind: 'open-task', task },
  };
}
