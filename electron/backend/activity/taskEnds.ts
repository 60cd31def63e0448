import type { ClusterId, TaskId, VmId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { TaskEnd } from '../store/activityEvents.ts';

/** How tasks end, by the clocks of their clusters: told once, and of those that this run of Drover saw under way. */
export class TaskEnds {
  readonly #clusterOf: (vm: VmId) => ClusterId | undefined;
  readonly #clusterNow: (cluster: ClusterId) => number | undefined;
  readonly #underWay = new Set<TaskId>();

  constructor(input: {
    readonly clusterOf: (vm: VmId) => ClusterId | undefined;
    /** Undefined for a cluster that is gone. */
    readonly clusterNow: (cluster: ClusterId) => number | undefined;
  }) {
    this.#clusterOf = input.clusterOf;
    this.#clusterNow = input.clusterNow;
  }

  /** A task as it now is; `at` is the wall clock. */
  take(task: Task, at: number): TaskEnd | undefined {
    if (!hasEnded(task.state)) {
      this.#underWay.add(task.id);
      return undefined;
    }
    if (!this.#underWay.delete(task.id) || task.state === 'cancelled') return undefined;
    const { vmId, hostIds, clusterId: named } = task.subject;
    const clusterId = named ?? (vmId === undefined ? undefined : this.#clusterOf(vmId));
    const clusterAt = clusterId === undefined ? undefined : this.#clusterNow(clusterId);
    if (clusterId === undefined || clusterAt === undefined) return undefined;
    const done = task.state === 'succeeded';
    return {
      taskId: task.id,
      at,
      clusterId,
      event: {
        at: clusterAt,
        kind: done ? 'task-done' : 'task-failed',
        text: `${task.title}: ${done ? 'done' : 'failed'}`,
        hostIds,
        ...(vmId === undefined ? {} : { vmId }),
        taskId: task.id,
      },
    };
  }
}
