import { hasEnded, type Task } from '../model/task.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

export function canCancel(task: Pick<Task, 'state' | 'outcome' | 'cancelRefused'>): Verdict {
  if (hasEnded(task.state)) return refused('It has ended already.', 'cancel-refused');
  if (task.state === 'cancelling') return refused('It is being cancelled.', 'cancel-refused');
  if (task.state === 'undecided') {
    const why = task.outcome === undefined ? '' : ` ${task.outcome}`;
    return refused(`It cannot be cancelled while it is undecided.${why}`, 'cancel-refused');
  }
  return task.cancelRefused === undefined ? allowed : refused(task.cancelRefused, 'cancel-refused');
}
