import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Output } from './output.ts';
import { progressInWords } from './words.ts';

/** Interrupts of this process, one at a time; the returned function stops listening. */
export type OnInterrupt = (listener: () => void) => () => void;

/**
 * Waits for a task's end and shows what happens. The first Ctrl-C asks the task to cancel and keeps waiting (a
 * migration past its switch-over goes on, and says so); the second stops waiting, the task goes on where it runs.
 * An undecided task is not waited for: it resolves itself when its host answers.
 */
export async function followTask(
  client: DroverClient,
  id: TaskId,
  output: Output,
  onInterrupt: OnInterrupt,
): Promise<Task> {
  const stop = new AbortController();
  let interrupts = 0;
  const end = onInterrupt(() => {
    interrupts += 1;
    if (interrupts > 1) {
      stop.abort();
      return;
    }
    output.note('Cancelling. Press Ctrl-C again to stop waiting.');
    client.tasks.cancel({ taskId: id }).catch((thrown: unknown) => {
      output.note(thrown instanceof Error ? thrown.message : String(thrown));
    });
  });
  try {
    for await (const message of await client.live.watch(undefined, { signal: stop.signal })) {
      const task =
        message.kind === 'snapshot'
          ? message.state.tasks.find((each) => each.id === id)
          : message.patches.flatMap((patch) =>
              patch.kind === 'task' && patch.value.id === id ? [patch.value] : [],
            )[0];
      if (task === undefined) continue;
      if (hasEnded(task.state) || task.state === 'undecided') return await client.tasks.get({ taskId: id });
      output.status(progressInWords(task));
    }
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown;
  } finally {
    end();
    stop.abort();
  }
  throw new DroverError({
    code: 'interrupted',
    tried: `Wait for task ${id}`,
    cause: 'you stopped waiting',
    next: `"drover task show ${id}" tells how it went on`,
  });
}

/** The task, or its failure thrown. */
export function requireSuccess(task: Task): Task {
  if (task.state === 'succeeded') return task;
  if (task.error !== undefined) throw DroverError.fromData(task.error);
  throw new DroverError({
    code: task.state === 'undecided' ? 'undecided' : 'cancelled',
    tried: task.title,
    cause: task.outcome ?? `the task is ${task.state}`,
  });
}
