import type { ErrorData } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { useAnswer } from '../../ui/useAsk.ts';

/** A task by its id: live where it is, else from the journal, which keeps the older ones. */
export function useTask(id: TaskId): {
  readonly task: Task | undefined;
  readonly error: ErrorData | undefined;
  readonly pending: boolean;
} {
  const client = useClient();
  const live = useLive((model) => model.tasks.get(id));
  const known = useLive((model) => model.freshness !== 'none');
  const asked = useAnswer(live === undefined && known ? id : undefined, (signal) =>
    client.tasks.get({ taskId: id }, { signal }),
  );
  return live === undefined
    ? { task: asked.value, error: asked.error, pending: asked.pending || !known }
    : { task: live, error: undefined, pending: false };
}
