import { DroverError, type ErrorData } from '#shared/contract/errors.ts';
import {
  type ActivityEntry,
  type ActivityFilter,
  type ActivityPlace,
  compareActivity,
  fitsActivity,
  placeOf,
} from '#shared/model/activity.ts';
import type { ActivityEvent, Event } from '#shared/model/event.ts';
import type { Host } from '#shared/model/host.ts';
import { type HostId, type TaskId, taskId, type VmId } from '#shared/model/ids.ts';
import type { LivePatch, LiveState } from '#shared/model/live.ts';
import type { MigrationOptions, MigrationRequest } from '#shared/model/migration.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Samples } from '#shared/model/samples.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmDetails } from '#shared/model/vmDetails.ts';
import type { VmHistory } from '#shared/model/vmHistory.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import { clusterTime } from '../features/clusters/simulatedTime.ts';
import { usualOptions } from '../features/vms/vmVerdicts.ts';
import { FakeConsoles } from './fakeConsoles.ts';
import { FakeLifecycle } from './fakeLifecycle.ts';
import { type FakeCourse, fakeCourse } from './fakeMigration.ts';
import { fakeSamples } from './fakeSamples.ts';
import { FakeSimulation } from './fakeSimulation.ts';
import { fakePlan, fakeTask, taskAt } from './fakeTasks.ts';
import { fakeDetails, fakeHistory, type HistoryPage } from './fakeVmDetails.ts';
import { type Feed, LiveFeed } from './liveFeed.ts';

interface Journey {
  readonly task: Task;
  readonly course: FakeCourse;
  readonly to: HostId;
}

/** A scripted cluster in memory. Its time passes only through `advance`. */
export class FakeWorld {
  readonly clusters = new Map<string, PhysicalCluster>();
  readonly hosts = new Map<HostId, Host>();
  readonly vms = new Map<VmId, Vm>();
  readonly tasks = new Map<TaskId, Task>();
  readonly events: ActivityEvent[] = [];
  /** Those that are only asked for. */
  readonly olderEvents: ActivityEvent[] = [];
  /** A page may be shorter than was asked for. */
  longestPage = 500;
  readonly feed = new LiveFeed();
  readonly simulation = new FakeSimulation(this);
  /** What a backend that has run for long would have kept. */
  readonly clusterEvents: Event[] = [];
  historyTrouble: ErrorData | undefined;
  readonly sampleFeeds = new Set<Feed<Samples>>();
  /** Every call that changed something, as the page made it, for tests to read. */
  readonly calls: { readonly procedure: string; readonly input: unknown }[] = [];
  readonly consoles = new FakeConsoles();
  readonly life = new FakeLifecycle(this);
  /** What a VM's host says of it, and what happened to it: for tests to replace. */
  details: (vm: Vm) => VmDetails | Promise<VmDetails> = (vm) => fakeDetails(vm, this.now);
  history: (vm: Vm, page: HistoryPage) => VmHistory = (vm, page) => fakeHistory(vm, this.now, page);
  readonly #journeys = new Map<TaskId, Journey>();
  readonly #idempotent = new Map<string, TaskId>();
  #nextTask = 1;
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  state(): LiveState {
    return {
      clusters: [...this.clusters.values()],
      hosts: [...this.hosts.values()],
      vms: [...this.vms.values()],
      tasks: [...this.tasks.values()],
      events: this.events,
    };
  }

  /** Keeps what changed and tells it. */
  put(...patches: readonly LivePatch[]): void {
    for (const patch of patches) this.#keep(patch);
    this.feed.tell(patches);
  }

  #keep(patch: LivePatch): void {
    if (patch.kind === 'cluster') this.clusters.set(patch.value.id, patch.value);
    else if (patch.kind === 'host') this.hosts.set(patch.value.id, patch.value);
    else if (patch.kind === 'vm') this.vms.set(patch.value.id, patch.value);
    else if (patch.kind === 'task') this.tasks.set(patch.value.id, patch.value);
    else if (patch.kind === 'event') this.events.push(patch.value);
    else if (patch.kind === 'cluster-gone') this.clusters.delete(patch.id);
    else if (patch.kind === 'host-gone') this.hosts.delete(patch.id);
    else if (patch.kind === 'vm-gone') this.vms.delete(patch.id);
    else this.tasks.delete(patch.id);
  }

  host(id: HostId): Host {
    const host = this.hosts.get(id);
    if (host === undefined) throw notThere('host', id);
    return host;
  }

  vm(id: VmId): Vm {
    const vm = this.vms.get(id);
    if (vm === undefined) throw notThere('VM', id);
    return vm;
  }

  task(id: TaskId): Task {
    const task = this.tasks.get(id);
    if (task === undefined) throw notThere('task', id);
    return task;
  }

  destinations(vm: Vm, options: MigrationOptions) {
    const from = this.host(vm.hostId);
    return [...this.hosts.values()]
      .filter((host) => host.id !== from.id && host.clusterId === vm.clusterId)
      .map((host) => {
        const verdict = canMigrate(vm, from, host, options, 0);
        return verdict.allowed
          ? { hostId: host.id, allowed: true }
          : { hostId: host.id, allowed: false, reason: verdict.reason };
      });
  }

  plan(request: MigrationRequest): Plan {
    const vm = this.vm(request.vmId);
    const from = this.host(vm.hostId);
    const to = this.host(request.toHostId);
    const verdict = canMigrate(vm, from, to, request.options, 0);
    if (!verdict.allowed) {
      throw new DroverError({
        code: verdict.code,
        tried: `Migrate ${vm.name} to ${to.name}`,
        cause: verdict.reason,
      });
    }
    const others = [...this.hosts.values()].filter((host) => host.id !== from.id && host.id !== to.id);
    return fakePlan(vm, from, to, request.options, others);
  }

  startMigration(request: MigrationRequest, key: string | undefined): TaskId {
    const same = key === undefined ? undefined : this.#idempotent.get(key);
    if (same !== undefined) return same;
    const plan = this.plan(request);
    const vm = this.vm(request.vmId);
    const task = fakeTask(taskId(`task-${this.#nextTask++}`), plan, this.now);
    const course = fakeCourse(vm.memoryMiB, request.options.bandwidthMiBPerSecond ?? 118, 38);
    this.#journeys.set(task.id, { task, course, to: request.toHostId });
    if (key !== undefined) this.#idempotent.set(key, task.id);
    this.put(
      { kind: 'task', value: taskAt(task, course, 0) },
      { kind: 'vm', value: { ...vm, heldBy: task.id } },
    );
    return task.id;
  }

  cancel(id: TaskId): void {
    const task = this.task(id);
    if (task.cancelRefused !== undefined || hasEnded(task.state)) {
      throw new DroverError({
        code: 'cancel-refused',
        tried: `Cancel "${task.title}"`,
        cause: task.cancelRefused ?? 'it has ended already',
      });
    }
    if (this.life.cancel(id)) return;
    this.#journeys.delete(id);
    this.put(
      {
        kind: 'task',
        value: {
          ...task,
          state: 'cancelled',
          finishedAt: this.now,
          outcome: `${task.subject.vmName} still runs on its host; what had been copied was thrown away.`,
        },
      },
      ...this.#release(task),
    );
  }

  /** Of a migration only. */
  retry(id: TaskId): TaskId {
    const { vmId, hostIds } = this.task(id).subject;
    const [, toHostId] = hostIds;
    if (vmId === undefined || toHostId === undefined) throw notThere('migration', id);
    return this.startMigration({ vmId, toHostId, options: usualOptions }, undefined);
  }

  activity(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined) {
    const all = [
      ...[...this.tasks.values()].map((task): ActivityEntry => ({ kind: 'task', task })),
      ...[...this.events, ...this.olderEvents].map((event): ActivityEntry => ({ kind: 'event', event })),
    ]
      .filter((entry) => fitsActivity(filter, entry) && (before === undefined || isAfter(entry, before)))
      .toSorted(compareActivity);
    const size = Math.min(limit, this.longestPage);
    const entries = all.slice(0, size);
    const last = entries.at(-1);
    return { entries, ...(all.length > size && last !== undefined ? { next: placeOf(last) } : {}) };
  }

  #release(task: Task, to?: HostId): readonly LivePatch[] {
    const vm = task.subject.vmId === undefined ? undefined : this.vms.get(task.subject.vmId);
    if (vm === undefined) return [];
    const { heldBy: _, ...free } = vm;
    return [
      { kind: 'vm', value: { ...free, ...(to === undefined ? {} : { hostId: to, reason: 'migrated' }) } },
    ];
  }

  /** Lets time pass: migrations go on, a sweep is measured. */
  advance(ms: number): void {
    this.now += ms;
    for (const [id, { task, course, to }] of this.#journeys) {
      const shown = taskAt(task, course, this.now - (task.startedAt ?? 0));
      this.put({ kind: 'task', value: shown }, ...(hasEnded(shown.state) ? this.#release(shown, to) : []));
      if (hasEnded(shown.state)) this.#journeys.delete(id);
    }
    this.life.advance();
    this.sweep();
  }

  sweep(): void {
    for (const samples of this.measured(0)) for (const feed of this.sampleFeeds) feed.push(samples);
  }

  /** What was measured so long ago, a cluster at a time and by its own clock. */
  measured(agoMs: number): readonly Samples[] {
    const hosts = [...this.hosts.values()];
    const vms = [...this.vms.values()];
    return [...this.clusters.values()].map((cluster) => {
      const rate = cluster.simulation?.status?.clock.rate ?? 1;
      return fakeSamples(
        clusterTime(cluster, this.now) - agoMs * rate,
        hosts.filter((host) => host.clusterId === cluster.id),
        vms.filter((vm) => vm.clusterId === cluster.id),
      );
    });
  }
}

function isAfter(entry: ActivityEntry, { at, id }: ActivityPlace): boolean {
  const place = placeOf(entry);
  return place.at < at || (place.at === at && place.id < id);
}

function notThere(what: string, id: string): DroverError {
  return new DroverError({
    code: 'not-found',
    tried: `Look up the ${what}`,
    cause: `there is no ${what} ${id}`,
    next: 'It may have been removed meanwhile',
  });
}
