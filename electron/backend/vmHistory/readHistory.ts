import type { TaskId, VmId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import type { HistoryTask, VmChange, VmHistory, VmHistoryEntry } from '#shared/model/vmHistory.ts';
import type { VmEvent } from '../store/vmEvents.ts';

export interface HistorySources {
  /** Newest first, `before` excluded. */
  list(vm: VmId, limit: number, before: number | undefined): readonly VmEvent[];
  task(id: TaskId): Task | undefined;
  /** Tasks on the VM that have not ended. */
  readonly running: readonly Task[];
  /** What its cluster's clock shows. */
  now(vm: VmId): number;
}

/** What happened to one VM, newest first, what a task did under that task. */
export function readHistory(
  sources: HistorySources,
  {
    vmId,
    limit,
    before,
  }: { readonly vmId: VmId; readonly limit: number; readonly before?: number | undefined },
): VmHistory {
  const events = sources.list(vmId, limit, before);
  const changes = new Map<TaskId, VmChange[]>();
  for (const event of events.toReversed()) {
    if (event.kind !== 'change' || event.taskId === undefined) continue;
    changes.set(event.taskId, [...(changes.get(event.taskId) ?? []), event.change]);
  }
  const told = new Set<TaskId>();
  const asTask = (id: TaskId, at: number): VmHistoryEntry | undefined => {
    const task = sources.task(id);
    if (task === undefined || told.has(id)) return undefined;
    told.add(id);
    return { kind: 'task', at, task: summary(task), changes: changes.get(id) ?? [] };
  };
  const running = (before === undefined ? sources.running : []).flatMap(
    ({ id }) => asTask(id, sources.now(vmId)) ?? [],
  );
  const entries = events.flatMap((event): readonly VmHistoryEntry[] => {
    const { at } = event;
    if (event.kind === 'task') return [asTask(event.taskId, at) ?? []].flat();
    if (event.kind !== 'change') return [event];
    const { change, taskId } = event;
    if (taskId === undefined || sources.task(taskId) === undefined) return [{ kind: 'change', at, change }];
    // Its end is on another page, or was lost with the last batch before a crash.
    return [asTask(taskId, at) ?? []].flat();
  });
  const oldest = events.at(-1)?.at;
  return {
    entries: [...running, ...entries],
    ...(events.length < limit || oldest === undefined ? {} : { before: oldest }),
  };
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
