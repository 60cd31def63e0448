import type { Task } from '#shared/model/task.ts';

const vias: Readonly<Record<Task['requestedBy']['via'], string>> = {
  desktop: 'desktop app',
  browser: 'browser',
  command: 'command',
  drover: 'Drover itself',
};

export function requesterText(task: Pick<Task, 'requestedBy'>): string {
  const { who, via } = task.requestedBy;
  return via === 'drover' ? 'Drover itself' : `${who}, ${vias[via]}`;
}

export function Requester({ task }: { readonly task: Task }) {
  return <span title={task.requestedBy.why}>Asked by {requesterText(task)}</span>;
}
