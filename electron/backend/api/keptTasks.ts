import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';

/** Of those that have ended, as many as a client keeps. */
export const keptEndedTasks = 100;

/** Which tasks one client has been told of, so that what it keeps does not grow for ever. */
export class KeptTasks {
  /** In the order in which they ended, as far as this client has seen it. */
  #ended: readonly TaskId[] = [];

  begin(tasks: readonly Task[]): void {
    this.#ended = tasks
      .filter((task) => hasEnded(task.state))
      .toSorted((one, other) => (one.finishedAt ?? 0) - (other.finishedAt ?? 0))
      .map((task) => task.id);
  }

  /** Those that have to go because this one has ended: never itself, however long ago it began. */
  take(task: Task): readonly TaskId[] {
    if (!hasEnded(task.state)) return [];
    const ended = [...this.#ended.filter((id) => id !== task.id), task.id];
    this.#ended = ended.slice(-keptEndedTasks);
    return ended.slice(0, -keptEndedTasks);
  }
}
