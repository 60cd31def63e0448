import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { OnInterrupt } from './interrupts.ts';
import type { Output } from './output.ts';
import { progressInWords } from './words.ts';

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
      stop.abort(stoppedWaiting);
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
          ? // One that ended before it was looked at may be too old to be among the latest.
            (message.state.tasks.find((each) => each.id === id) ?? (await client.tasks.get({ taskId: id })))
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
  const tried = `Wait for task ${id}`;
  const next = `"drover task show ${id}" tells how it went on`;
  throw stop.signal.reason === stoppedWaiting
    ? new DroverError({ code: 'interrupted', tried, cause: 'you stopped waiting', next })
    : new DroverError({
        code: 'backend-stopped',
        tried,
        cause: 'the Drover that runs it has ended meanwhile',
        next,
      });
}

const stoppedWaiting = new Error('a second Ctrl-C');

/** The task, or why it is not done thrown: with where that leaves the VM, which the cause alone does not tell. */
export function requireSuccess(task: Task): Task {
  switch (task.state) {
    case 'succeeded':
      return task;
    case 'undecided':
      throw undecided(task);
    default:
      throw unsuccessful(task);
  }
}

/** The task that was cancelled, or why it was not thrown. */
export function requireCancelled(task: Task): Task {
  switch (task.state) {
    case 'cancelled':
      return task;
    case 'undecided':
      throw undecided(task);
    case 'succeeded':
      throw new DroverError({
        code: 'cancel-refused',
        tried: `Cancel "${task.title}"`,
        cause: `it was done before it could be cancelled. ${task.outcome ?? ''}`,
        details: { taskId: task.id },
      });
    default:
      throw unsuccessful(task);
  }
}

function undecided(task: Task): DroverError {
  return new DroverError({
    code: 'undecided',
    tried: task.title,
    cause: task.outcome ?? 'it is undecided',
    next: `"drover task show ${task.id}" tells how it goes on`,
    details: { taskId: task.id },
  });
}

function unsuccessful({ id, title, state, outcome, error }: Task): DroverError {
  const details = { ...error?.details, taskId: id, ...(outcome === undefined ? {} : { outcome }) };
  if (error === undefined) {
    return new DroverError({
      code: state === 'cancelled' ? 'cancelled' : 'bug',
      tried: title,
      cause: outcome ?? `the task is ${state}`,
      details,
    });
  }
  const isSaid = outcome === undefined || error.message.includes(outcome);
  return DroverError.fromData({
    ...error,
    message: isSaid ? error.message : `${error.message} ${outcome}`,
    details,
  });
}
