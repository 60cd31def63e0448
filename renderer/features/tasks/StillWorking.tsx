import type { Task } from '#shared/model/task.ts';
import { formatCount } from '../../ui/format.ts';

/** Said before something is removed: what still works with it. */
export function StillWorking({ tasks }: { readonly tasks: readonly Task[] }) {
  if (tasks.length === 0) return null;
  return (
    <p>
      {formatCount(tasks.length, 'task')} still {tasks.length === 1 ? 'works' : 'work'} with it:{' '}
      {tasks.map((task) => task.title).join('; ')}.
    </p>
  );
}
