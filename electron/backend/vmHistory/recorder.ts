import { type ClusterId, clusterOfVm, type HostId, type TaskId, type VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmStanding } from '#shared/model/vmHistory.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { HostDefinition, HostFollower } from '../hosts/registry.ts';
import type { VmEvent, VmEventBatch, VmEvents } from '../store/vmEvents.ts';

/** What is written together. */
const writeEveryMs = 1000;
/** How exactly is known, after a crash, until when Drover was watching. */
export const watchedEveryMs = 10_000;
/** A shorter look away is no gap: it is about as long as what is not known of it. */
export const leastGapMs = 15_000;
/** Hosts tell of what a task did a little after it has ended. */
const echoMs = 3000;

/** Kinds of task that end without any VM being elsewhere or otherwise. */
const changesNothing: ReadonlySet<string> = new Set(['rename', 'autostart', 'reboot', 'reset']);

interface Watched {
  readonly name: string;
  readonly clock: Clock;
  /** Until when it was watched before this Drover began, while it has not been seen since. */
  before: number | undefined;
  /** Since when it does not tell what it has. */
  lostAt: number | undefined;
  current: boolean;
}

/**
 * Writes down what the inventory shows of VMs: states, moves, which task was at work, and the times in which nobody
 * looked. Follows hosts before the inventory does, so that it has their clocks by the time it hears of their VMs.
 */
export class VmRecorder implements HostFollower {
  readonly #wall: Clock;
  readonly #store: VmEvents;
  readonly #hosts = new Map<HostId, Watched>();
  readonly #standings: Map<VmId, VmStanding>;
  /** Since when a VM has not been seen for certain. */
  readonly #unseenSince = new Map<VmId, number>();
  readonly #lastTask = new Map<VmId, { readonly id: TaskId; readonly elapsed: number }>();
  #events: VmEventBatch['events'][number][] = [];
  readonly #changed = new Map<VmId, VmStanding | undefined>();
  /** Hosts that were lost since the last time something was written, and when. */
  readonly #lost = new Map<HostId, number>();
  #takeWrite: (() => void) | undefined;
  #takeBeat: () => void = () => undefined;

  constructor(input: { readonly clock: Clock; readonly store: VmEvents }) {
    this.#wall = input.clock;
    this.#store = input.store;
    this.#standings = new Map(input.store.standings());
    this.#beat();
  }

  attach(definition: HostDefinition, { clock }: HostDriver): void {
    this.#hosts.set(definition.id, {
      name: definition.name,
      clock,
      before: this.#store.watchedUntil(definition.id),
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
    for (const vm of this.#standings.keys()) if (clusterOfVm(vm) === id) this.#standings.delete(vm);
    this.#events = this.#events.filter(({ cluster }) => cluster !== id);
    for (const vm of this.#changed.keys()) if (clusterOfVm(vm) === id) this.#changed.delete(vm);
  }

  /** Patches of the inventory, as they come. */
  heard(patches: readonly LivePatch[]): void {
    for (const patch of patches) {
      if (patch.kind === 'vm') this.#vm(patch.value);
      else if (patch.kind === 'vm-gone') this.#gone(patch.id);
    }
  }

  /** A task as it now is. */
  task(task: Task): void {
    const { vmId, clusterId } = task.subject;
    if (vmId === undefined || clusterId === undefined || !hasEnded(task.state)) return;
    if (!changesNothing.has(task.kind))
      this.#lastTask.set(vmId, { id: task.id, elapsed: this.#wall.elapsed() });
    this.#note(vmId, clusterId, { kind: 'task', at: this.now(vmId), taskId: task.id });
  }

  /** Tasks of real clusters that ended just before an earlier Drover did: their times are of the same clock. */
  takeUp(tasks: readonly Task[]): void {
    for (const { id, subject, finishedAt } of tasks) {
      const { vmId, clusterId } = subject;
      if (vmId === undefined || clusterId === undefined || finishedAt === undefined) continue;
      if (!this.#store.hasTask(id)) this.#note(vmId, clusterId, { kind: 'task', at: finishedAt, taskId: id });
    }
  }

  /** What the clock of a VM's cluster shows. */
  now(vm: VmId): number {
    const hostId = this.#standings.get(vm)?.hostId;
    const host = hostId === undefined ? undefined : this.#hosts.get(hostId);
    return (host?.clock ?? this.#wall).now();
  }

  /** Writes what has not been written, so that whoever reads now reads all. */
  write(): void {
    this.#takeWrite?.();
    this.#takeWrite = undefined;
    this.#append(new Map());
  }

  close(): void {
    this.#takeWrite?.();
    this.#takeBeat();
    this.#append(this.#watchedNow());
  }

  #vm(vm: Vm): void {
    const host = this.#hosts.get(vm.hostId);
    if (host === undefined) return;
    const at = host.clock.now();
    if (!vm.current) {
      if (host.current) {
        host.lostAt = at;
        this.#lost.set(vm.hostId, at);
        this.#soon();
      }
      host.current = false;
      // Where it has not been seen since this Drover began, the gap began when the last one looked away.
      const since = host.before ?? host.lostAt;
      if (since !== undefined && !this.#unseenSince.has(vm.id)) this.#unseenSince.set(vm.id, since);
      return;
    }
    const since = this.#unseenSince.get(vm.id);
    this.#unseenSince.delete(vm.id);
    host.before = undefined;
    host.lostAt = undefined;
    host.current = true;
    if (since !== undefined && at - since >= leastGapMs)
      this.#note(vm.id, vm.clusterId, { kind: 'gap', at, since, hostName: host.name });
    const standing = { hostId: vm.hostId, hostName: host.name, state: vm.state, reason: vm.reason };
    const known = this.#standings.get(vm.id);
    this.#standings.set(vm.id, standing);
    if (known === undefined) {
      this.#note(vm.id, vm.clusterId, { kind: 'seen', at, standing });
    } else if (differ(known, standing)) {
      const taskId = vm.heldBy ?? this.#echoOf(vm.id);
      this.#note(vm.id, vm.clusterId, {
        kind: 'change',
        at,
        change: { at, from: known, to: standing },
        ...(taskId === undefined ? {} : { taskId }),
      });
    } else return;
    this.#changed.set(vm.id, standing);
  }

  /** Where its host was removed from Drover, nothing happened to the VM. */
  #gone(id: VmId): void {
    const from = this.#standings.get(id);
    this.#standings.delete(id);
    this.#unseenSince.delete(id);
    this.#lastTask.delete(id);
    if (from === undefined) return;
    this.#changed.set(id, undefined);
    const host = this.#hosts.get(from.hostId);
    if (host === undefined) return this.#soon();
    this.#note(id, clusterOfVm(id), { kind: 'gone', at: host.clock.now(), from });
  }

  #echoOf(id: VmId): TaskId | undefined {
    const last = this.#lastTask.get(id);
    return last !== undefined && this.#wall.elapsed() - last.elapsed < echoMs ? last.id : undefined;
  }

  #note(vm: VmId, cluster: ClusterId, event: VmEvent): void {
    this.#events.push({ vm, cluster, event });
    this.#soon();
  }

  #soon(): void {
    this.#takeWrite ??= this.#wall.after(writeEveryMs, () => this.write());
  }

  #beat(): void {
    this.#takeBeat = this.#wall.after(watchedEveryMs, () => {
      this.#append(this.#watchedNow());
      this.#beat();
    });
  }

  #watchedNow(): ReadonlyMap<HostId, number> {
    return new Map(
      [...this.#hosts].flatMap(([id, { current, clock }]) => (current ? [[id, clock.now()] as const] : [])),
    );
  }

  #append(now: ReadonlyMap<HostId, number>): void {
    const [events, standings] = [this.#events, new Map(this.#changed)];
    const watched = new Map([...this.#lost, ...now]);
    this.#events = [];
    this.#changed.clear();
    this.#lost.clear();
    if (events.length > 0 || standings.size > 0 || watched.size > 0)
      this.#store.append({ events, standings, watched });
  }
}

function differ(one: VmStanding, other: VmStanding): boolean {
  return one.hostId !== other.hostId || one.state !== other.state || one.reason !== other.reason;
}
