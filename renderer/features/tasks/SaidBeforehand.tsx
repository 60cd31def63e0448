import { hasEnded, type Task } from '#shared/model/task.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';

/** What the plan warned of. Once the task is over it asks for nobody's attention any more, only to be read. */
export function SaidBeforehand({ task }: { readonly task: Task }) {
  const warnings = task.warnings.map((warning) => <p key={warning}>{warning}</p>);
  if (hasEnded(task.state)) return <div style={{ display: 'grid', gap: 4 }}>{warnings}</div>;
  return <WarningNotice>{warnings}</WarningNotice>;
}
