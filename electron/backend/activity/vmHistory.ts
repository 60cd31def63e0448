import type { Event } from '#shared/model/event.ts';
import type { TaskId, VmId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import type { HistoryTask, VmChange, VmHistory, VmHistoryEntry } from '#shared/model/vmHistory.ts';
import type { Events } from '../store/events.ts';

export interface HistorySources {
  readonly events: Pick<Events, 'ofVm'>;
  task(id: TaskId): Task | undefined;
  /** Tasks on the VM that have not ended. */
  readonly running: readonly Task[];
  /** What its cluster's clock shows. */
  now(vm: VmId): number;
}

/** What happened to one VM, newest first, what a task did under that task. */
export function readVmHistory(
  sources: HistorySources,
  {
    vmId,
    limit,
    before,
  }: { readonly vmId: VmId; readonly limit: number; readonly before?: number | undefined },
): VmHistory {
  const events = sources.events.ofVm(vmId, limit, before);
  const changes = new Map<TaskId, VmChange[]>();
  for (const event of events.toReversed()) {
    const change = changeOf(event);
    if (change === undefined || event.taskId === undefined) continue;
    changes.set(event.taskId, [...(changes.get(event.taskId) ?? []), change]);
  }
  const told = new Set<TaskId>();
  const asTask = (id: TaskId, at: number): readonly VmHistoryEntry[] => {
    const task = sources.task(id);
    if (task === undefined || told.has(id)) return [];
    told.add(id);
    return [{ kind: 'task', at, task: summary(task), changes: changes.get(id) ?? [] }];
  };
  const running = (before === undefined ? sources.running : []).flatMap(({ id }) =>
    asTask(id, sources.now(vmId)),
  );
  const entries = events.flatMap((event): readonly VmHistoryEntry[] => {
    const { kind, clusterAt: at, from, to, since, taskId } = event;
    switch (kind) {
      case 'task-done':
      case 'task-failed':
      case 'task-cancelled':
        return taskId === undefined ? [] : asTask(taskId, at);
      case 'vm-seen':
      case 'vm-appeared':
        return to === undefined ? [] : [{ kind: 'seen', at, standing: to }];
      case 'vm-gone':
        return from === undefined ? [] : [{ kind: 'gone', at, from }];
      case 'vm-unwatched':
        return to === undefined || since === undefined
          ? []
          : [{ kind: 'gap', at, since, hostName: to.hostName }];
      default: {
        // What came of a task is told by what it did.
        const change = changeOf(event);
        if (change === undefined) return [];
        // Where the end of its task is on another page, or was lost with the last batch before a crash.
        return taskId === undefined || sources.task(taskId) === undefined
          ? [{ kind: 'change', at, change }]
          : asTask(taskId, at);
      }
    }
  });
  const oldest = events.at(-1)?.clusterAt;
  return {
    entries: [...running, ...entries],
    ...(events.length < limit || oldest === undefined ? {} : { before: oldest }),
  };
}

function changeOf({ clusterAt: at, from, to }: Event): VmChange | undefined {
  return from === undefined || to === undefined ? undefined : { at, from, to };
}

function summary({ id, kind, title, state, requestedBy, outcome, error }: Task): HistoryTask {
  return {
    id,
    kind,
    title,
    state,
    requestedBy,
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error }),
  };
}
