import { hasEnded, type Task } from '../model/task.ts';
import { vmVerbs } from '../model/vmAction.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

const verbs: readonly string[] = vmVerbs;

/** Whether asking the same again makes sense: it is then planned anew, on what is there by then. */
export function canRetry(task: Pick<Task, 'kind' | 'state' | 'requestedBy' | 'subject'>): Verdict {
  if (task.state === 'undecided') {
    return refused('How it ended is not known yet. It resolves by itself when its host answers.');
  }
  if (!hasEnded(task.state)) return refused('It has not ended yet. Wait for its end, or cancel it.');
  if (task.state === 'succeeded') return refused('It succeeded, so there is nothing to try again.');
  if (task.requestedBy.via === 'drover') {
    return refused('Drover asked for it itself, and does so again where it is needed.');
  }
  if (task.kind === 'define') {
    return refused('The definition that was given is not kept. Define the VM again from its XML.');
  }
  if (task.kind !== 'migration' && !verbs.includes(task.kind)) {
    return refused('This Drover does not know what was asked. Ask for it again where it was asked first.');
  }
  return allowed;
}
