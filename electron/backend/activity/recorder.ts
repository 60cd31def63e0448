import {
  type ActivityEvent,
  type Event,
  type EventKind,
  isActivityEvent,
  type VmStanding,
} from '#shared/model/event.ts';
import type { Host } from '#shared/model/host.ts';
import { type ClusterId, clusterOfVm, type HostId, type TaskId, type VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { HostDefinition, HostFollower } from '../hosts/registry.ts';
import type { Events } from '../store/events.ts';
import { happened } from './sentences.ts';
import { Unwritten } from './unwritten.ts';

/** How many are at hand for a page that is opened. */
export const keptEvents = 100;
/** How exactly is known, after a crash, until when Drover was watching. */
export const watchedEveryMs = 10_000;
/** A shorter look away is no gap: it is about as long as what is not known of it. */
export const leastGapMs = 15_000;
/** Hosts tell of what a task did a little after it has ended. */
const echoMs = 3000;

/** Kinds of task that end without any VM being elsewhere or otherwise. */
const changesNothing: ReadonlySet<string> = new Set(['rename', 'autostart', 'reboot', 'reset']);

interface KnownHost {
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  name: string;
  /** It has told of all its VMs at least once, now or in an earlier session. */
  told: boolean;
  lost: boolean;
  /** Until when it was watched before this Drover began, while it has not been seen since. */
  before: number | undefined;
  /** Since when it does not tell what it has. */
  lostAt: number | undefined;
  current: boolean;
}

interface KnownVm {
  standing: VmStanding;
  /** How it stood when no task worked on it: what a task does with it in between is the task's to tell. */
  settled: VmStanding;
  heldBy: TaskId | undefined;
  name: string;
  /** What is kept has nothing of it: it is only what the inventory last knew. */
  isNew: boolean;
  isUnseen: boolean;
  /** Since when it has not been seen for certain, where that is known. */
  unseenSince: number | undefined;
}

type Said = Pick<Event, 'text'> & Partial<Event>;

/**
 * Writes down what happens: to hosts and VMs as the inventory shows it, which task was at work, how tasks end, and the
 * times in which nobody looked. Follows hosts before the inventory does, so that it has their clocks by the time it
 * hears of them.
 */
export class Recorder implements HostFollower {
  readonly #wall: Clock;
  readonly #store: Events;
  readonly #unwritten: Unwritten;
  readonly #hosts = new Map<HostId, KnownHost>();
  readonly #vms: Map<VmId, KnownVm>;
  readonly #lastTask = new Map<VmId, { readonly id: TaskId; readonly elapsed: number }>();
  readonly #listeners = new Set<(events: readonly ActivityEvent[]) => void>();
  #recent: readonly ActivityEvent[];
  /** Of the batch of patches that is being heard. */
  #heard: ActivityEvent[] = [];
  #number = 0;
  #takeBeat: () => void = () => undefined;

  constructor(input: { readonly clock: Clock; readonly store: Events }) {
    this.#wall = input.clock;
    this.#store = input.store;
    this.#unwritten = new Unwritten(input);
    this.#recent = input.store.list({}, keptEvents, undefined).toReversed();
    this.#vms = new Map(
      [...input.store.standings()].map(([id, standing]) => [id, knownVm('', standing, false)]),
    );
    this.#beat();
  }

  attach({ id, clusterId, name }: HostDefinition, { clock }: HostDriver): void {
    this.#hosts.set(id, {
      clusterId,
      clock,
      name,
      told: false,
      lost: false,
      before: this.#store.watchedUntil(id),
      lostAt: undefined,
      current: false,
    });
  }

  detach(id: HostId): void {
    this.#hosts.delete(id);
  }

  changed(): void {}
  clusterKnown(): void {}

  clusterGone(id: ClusterId): void {
    for (const vm of this.#vms.keys()) if (clusterOfVm(vm) === id) this.#vms.delete(vm);
    this.#unwritten.forget(id);
    this.#recent = this.#recent.filter(({ clusterId }) => clusterId !== id);
  }

  /** Every batch of the inventory's patches, as they come. */
  heard(patches: readonly LivePatch[]): void {
    // A host's first word and all its VMs come in one batch: judged by what was known of the host before.
    const toldBefore = new Map<HostId, boolean>();
    for (const patch of patches) {
      if (patch.kind === 'host') {
        const { id } = patch.value;
        if (!toldBefore.has(id)) toldBefore.set(id, this.#hosts.get(id)?.told ?? false);
        this.#host(patch.value);
      } else if (patch.kind === 'vm') {
        const { hostId } = patch.value;
        this.#vm(patch.value, toldBefore.get(hostId) ?? this.#hosts.get(hostId)?.told ?? false);
      } else if (patch.kind === 'vm-gone') this.#gone(patch.id);
    }
    const events = this.#heard;
    if (events.length === 0) return;
    this.#heard = [];
    this.#recent = [...this.#recent, ...events].slice(-keptEvents);
    for (const listener of this.#listeners) listener(events);
  }

  /** A task as it now is. */
  task(task: Task): void {
    const { id, kind, state, subject } = task;
    if (!hasEnded(state)) return;
    if (subject.vmId !== undefined && !changesNothing.has(kind))
      this.#lastTask.set(subject.vmId, { id, elapsed: this.#wall.elapsed() });
    const clusterId = clusterOfTask(task);
    const clusterAt = clusterId === undefined ? undefined : this.#clockOf(clusterId)?.now();
    if (clusterId !== undefined && clusterAt !== undefined)
      this.#unwritten.add(endOf(task, clusterId, Math.round(this.#wall.now()), clusterAt));
  }

  /** Tasks of real clusters that ended just before an earlier Drover did: their times are of the same clock. */
  takeUp(tasks: readonly Task[]): void {
    for (const task of tasks) {
      const clusterId = clusterOfTask(task);
      if (clusterId === undefined || task.finishedAt === undefined) continue;
      const end = endOf(task, clusterId, task.finishedAt, task.finishedAt);
      if (!this.#store.has(end.id)) this.#unwritten.add(end);
    }
  }

  /** What the clock of a VM's cluster shows. */
  now(vm: VmId): number {
    return (this.#clockOf(clusterOfVm(vm)) ?? this.#wall).now();
  }

  /** The latest of the activity, oldest first. */
  recent(): readonly ActivityEvent[] {
    return this.#recent;
  }

  subscribe(listener: (events: readonly ActivityEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What is kept, with all that has happened up to now. */
  kept(): Events {
    this.#unwritten.write();
    return this.#store;
  }

  close(): void {
    this.#takeBeat();
    this.#watched();
    this.#unwritten.write();
  }

  #host({ id, name, clusterId, connection, lastSeenAt }: Host): void {
    const known = this.#hosts.get(id);
    if (known === undefined) return;
    const { state } = connection;
    const isLost = state === 'unreachable' || state === 'needs-attention';
    // Being connected anew is neither: it is lost until it answers.
    const lost = isLost || (state === 'connecting' && known.lost);
    const wasLost = known.lost;
    Object.assign(known, { name, lost, told: lastSeenAt !== undefined });
    if (lost === wasLost) return;
    const why = 'error' in connection ? `: ${connection.error.message}` : '.';
    const text = lost ? `${name} does not answer${why}` : `${name} answers again.`;
    this.#note(lost ? 'host-lost' : 'host-back', known.clock.now(), { clusterId, hostIds: [id], text });
  }

  #vm(vm: Vm, hostHadTold: boolean): void {
    const host = this.#hosts.get(vm.hostId);
    if (host === undefined) return;
    const { name, heldBy, state, reason } = vm;
    const at = host.clock.now();
    const to = { hostId: vm.hostId, hostName: host.name, state, reason };
    const found = this.#vms.get(vm.id);
    const known = found ?? knownVm(name, to, !vm.current);
    this.#vms.set(vm.id, known);
    known.name = name;
    if (!vm.current) {
      this.#unseen(known, heldBy, vm.hostId, host, at);
      return;
    }
    const { standing: from, settled, isNew, isUnseen, unseenSince: since, heldBy: heldUntilNow } = known;
    Object.assign(host, { before: undefined, lostAt: undefined, current: true });
    Object.assign(known, { standing: to, heldBy, isNew: false, isUnseen: false, unseenSince: undefined });
    if (heldBy === undefined) known.settled = to;

    const note = (kind: EventKind, said: Said) =>
      this.#note(kind, at, {
        clusterId: vm.clusterId,
        hostIds: [to.hostId],
        vmId: vm.id,
        vmName: name,
        ...said,
      });
    if (since !== undefined && at - since >= leastGapMs)
      note('vm-unwatched', { text: `Drover was not watching ${name} on ${host.name}.`, to, since });
    if (found === undefined && hostHadTold)
      note('vm-appeared', { text: `${name} is defined on ${host.name}.`, to });
    else if (found === undefined || isNew)
      note('vm-seen', { text: `${name} was first seen on ${host.name}.`, to });
    const differs = !isNew && differ(from, to);
    if (found === undefined || isNew || differs) this.#unwritten.stands(vm.id, to);
    if (found === undefined) return;

    const taskId = heldBy ?? heldUntilNow ?? this.#echoOf(vm.id);
    const by = taskId === undefined ? {} : { taskId };
    // What differs stands in one of them, so that a VM's history tells it once.
    const change = differs ? { from, to } : {};
    const names = heldBy === undefined ? happened(name, settled, to, isUnseen) : [];
    for (const [index, { kind, text }] of names.entries()) {
      const hostIds = kind === 'vm-moved' ? [settled.hostId, to.hostId] : [to.hostId];
      note(kind, { text, hostIds, ...by, ...(index === 0 ? change : {}) });
    }
    if (differs && names.length === 0) {
      const text = `${name} changed from ${wordsOf(from)} to ${wordsOf(to)}.`;
      note('vm-changed', { text, ...by, ...change });
    }
  }

  #unseen(known: KnownVm, heldBy: TaskId | undefined, hostId: HostId, host: KnownHost, at: number): void {
    if (host.current) {
      host.lostAt = at;
      this.#unwritten.watched(hostId, at);
    }
    host.current = false;
    known.isUnseen = true;
    known.heldBy = heldBy ?? known.heldBy;
    // Where it has not been seen since this Drover began, the gap began when the last one looked away.
    known.unseenSince ??= host.before ?? host.lostAt;
  }

  /** Where its host was removed from Drover, nothing happened to the VM. */
  #gone(id: VmId): void {
    const known = this.#vms.get(id);
    this.#vms.delete(id);
    this.#lastTask.delete(id);
    if (known === undefined) return;
    this.#unwritten.stands(id, undefined);
    const { standing: from, name, heldBy } = known;
    const host = this.#hosts.get(from.hostId);
    if (host === undefined) return;
    this.#note('vm-gone', host.clock.now(), {
      clusterId: clusterOfVm(id),
      hostIds: [from.hostId],
      vmId: id,
      vmName: name,
      text: `${name} is no longer defined on ${host.name}.`,
      from,
      ...(heldBy === undefined ? {} : { taskId: heldBy }),
    });
  }

  #echoOf(id: VmId): TaskId | undefined {
    const last = this.#lastTask.get(id);
    return last !== undefined && this.#wall.elapsed() - last.elapsed < echoMs ? last.id : undefined;
  }

  #note(kind: EventKind, clusterAt: number, said: Said & Pick<Event, 'clusterId' | 'hostIds'>): void {
    const at = Math.round(this.#wall.now());
    this.#number += 1;
    // The time first, so that order of text is order of time.
    const id = `event-${String(at).padStart(14, '0')}-${String(this.#number).padStart(6, '0')}`;
    const event: Event = { ...said, id, at, clusterAt, kind };
    this.#unwritten.add(event);
    if (isActivityEvent(event)) this.#heard.push(event);
  }

  /** Its hosts share it. */
  #clockOf(cluster: ClusterId): Clock | undefined {
    return [...this.#hosts.values()].find(({ clusterId }) => clusterId === cluster)?.clock;
  }

  #beat(): void {
    this.#takeBeat = this.#wall.after(watchedEveryMs, () => {
      this.#watched();
      this.#unwritten.write();
      this.#beat();
    });
  }

  #watched(): void {
    for (const [id, { current, clock }] of this.#hosts) if (current) this.#unwritten.watched(id, clock.now());
  }
}

function knownVm(name: string, standing: VmStanding, isNew: boolean): KnownVm {
  const unseen = { isUnseen: false, unseenSince: undefined };
  return { standing, settled: standing, heldBy: undefined, name, isNew, ...unseen };
}

function differ(one: VmStanding, other: VmStanding): boolean {
  return one.hostId !== other.hostId || one.state !== other.state || one.reason !== other.reason;
}

const wordsOf = ({ state, reason, hostName }: VmStanding) => `${state} (${reason}) on ${hostName}`;

function clusterOfTask({ subject: { clusterId, vmId } }: Task): ClusterId | undefined {
  return clusterId ?? (vmId === undefined ? undefined : clusterOfVm(vmId));
}

/** Known by its task, so that it is kept once. */
function endOf(
  { id, title, state, subject: { vmId, vmName, hostIds } }: Task,
  clusterId: ClusterId,
  at: number,
  clusterAt: number,
): Event {
  const done = state === 'succeeded' ? 'done' : state === 'cancelled' ? 'cancelled' : 'failed';
  return {
    id: `end-of-${id}`,
    at,
    clusterAt,
    kind: `task-${done}`,
    clusterId,
    hostIds,
    ...(vmId === undefined ? {} : { vmId }),
    ...(vmName === undefined ? {} : { vmName }),
    text: `${title}: ${done}`,
    taskId: id,
  };
}
