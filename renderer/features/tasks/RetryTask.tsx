import { hasEnded, type Task } from '#shared/model/task.ts';
import { canRetry } from '#shared/rules/canRetry.ts';
import { refused } from '#shared/rules/verdict.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { useOrder } from '../../ui/useAsk.ts';
import { useRetry } from './useTaskMenu.ts';

/** Of a task that ended badly: the same once more, planned on what is there now. */
export function RetryTask({ task }: { readonly task: Task }) {
  const retry = useOrder(useRetry());
  if (!hasEnded(task.state) || task.state === 'succeeded') return null;
  return (
    <ReasonedButton
      variant="outlined"
      verdict={retry.pending ? refused('It is being planned.') : canRetry(task)}
      onClick={() => void retry.run(task)}
    >
      {retry.pending ? 'Planning…' : 'Try again'}
    </ReasonedButton>
  );
}
