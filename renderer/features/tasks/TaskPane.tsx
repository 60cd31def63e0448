import Button from '@mui/material/Button';
import type { Task } from '#shared/model/task.ts';
import { hasEnded } from '#shared/model/task.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useClient } from '../../transport/hooks.ts';
import { DetailPane, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatMoment } from '../../ui/format.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { useNow } from '../../ui/useNow.ts';
import { SixSteps } from '../migrations/SixSteps.tsx';

export function TaskPane({ task, onClose }: { readonly task: Task; readonly onClose: () => void }) {
  const client = useClient();
  const now = useNow();
  const { shape, word, detail } = taskState(task);
  const cancel = useOrder(() => client.tasks.cancel({ taskId: task.id }));
  return (
    <DetailPane
      name={task.title}
      state={<StateChip shape={shape} word={word} title={detail} />}
      onClose={onClose}
      actions={
        hasEnded(task.state) ? (
          <Button variant="outlined" onClick={onClose}>
            Close
          </Button>
        ) : (
          <ReasonedButton
            variant="outlined"
            color="error"
            verdict={task.cancelRefused === undefined ? allowed : refused(task.cancelRefused)}
            onClick={() => void cancel.run(undefined)}
          >
            Cancel
          </ReasonedButton>
        )
      }
    >
      {cancel.error !== undefined && <ErrorNotice error={cancel.error} />}
      {task.error !== undefined && <ErrorNotice error={task.error} />}
      {task.outcome !== undefined && <p>{task.outcome}</p>}
      {task.kind === 'migration' && (
        <Section title="Six steps">
          <SixSteps task={task} />
        </Section>
      )}
      <Section title="Asked">
        <Facts
          facts={[
            ['By', task.requestedBy.who],
            ['Through', task.requestedBy.via],
            task.requestedBy.why === undefined ? undefined : ['Why', task.requestedBy.why],
            ['At', formatMoment(task.createdAt, now).text],
          ]}
        />
      </Section>
      <Section title="Log">
        {task.log.map((line) => (
          <p key={`${line.at} ${line.text}`}>
            {formatMoment(line.at, now).text} {line.text}
          </p>
        ))}
      </Section>
    </DetailPane>
  );
}
