/** What to ask before quitting; undefined when nothing runs. `tasks` is undefined when the backend did not say. */
export function quitQuestion(
  tasks: number | undefined,
): { readonly message: string; readonly detail: string } | undefined {
  if (tasks === 0) return undefined;
  const after =
    'Drover stops watching the hosts. When it is started again, it asks them what happened and finishes, undoes or reports each task.';
  if (tasks === undefined) {
    return {
      message: 'Drover could not find out whether tasks are running.',
      detail: `Its backend did not answer. If you quit now, running tasks are interrupted. ${after}`,
    };
  }
  return {
    message: tasks === 1 ? 'One task is running.' : `${tasks} tasks are running.`,
    detail: `If you quit now, ${tasks === 1 ? 'it is' : 'they are'} interrupted. ${after}`,
  };
}
