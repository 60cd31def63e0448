import { useEffect, useRef, useState } from 'react';
import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task, type TaskState } from '#shared/model/task.ts';
import { useLive } from '../transport/hooks.ts';
import { formatCount } from '../ui/format.ts';
import { taskState } from '../ui/states.ts';

/** Tells a screen reader which tasks have ended; whoever sees the strip sees it there. */
export function EndedTasks() {
  const tasks = useLive((model) => model.tasks);
  const before = useRef<ReadonlyMap<TaskId, TaskState>>(new Map());
  const [words, setWords] = useState('');
  useEffect(() => {
    const over = [...tasks.values()].filter((task) => {
      const was = before.current.get(task.id);
      return was !== undefined && !isOver(was) && isOver(task.state);
    });
    before.current = new Map([...tasks.values()].map((task) => [task.id, task.state]));
    if (over.length > 0) setWords(wordsOf(over));
  }, [tasks]);
  return (
    <div className="visually-hidden" role="status" aria-label="Tasks that ended">
      {words}
    </div>
  );
}

/** Undecided is no end, but it is what one wants to be told as much. */
const isOver = (state: TaskState): boolean => hasEnded(state) || state === 'undecided';

/** Many at once are told as one. */
function wordsOf(over: readonly Task[]): string {
  const [only, ...more] = over;
  if (only === undefined) return '';
  if (more.length === 0) return `${only.title}: ${taskState(only).word.toLowerCase()}. ${only.outcome ?? ''}`;
  const bad = over.filter((task) => task.state === 'failed' || task.state === 'undecided');
  return `${formatCount(over.length, 'task')} ended, ${bad.length === 0 ? 'none of them failed' : `${bad.length} of them not well: ${bad.map((task) => task.title).join(', ')}`}.`;
}
