import Button from '@mui/material/Button';
import { Link, useLocation } from 'wouter';
import { hasEnded, type Task, type TaskStep, type TaskStepState } from '#shared/model/task.ts';
import { DetailPane, Notices, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { type Shape, StateChip, StateShape } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';
import { useNow } from '../../ui/useNow.ts';
import { migrationHref, vmHref } from '../inventory.ts';
import { CancelTask } from './CancelTask.tsx';
import { requesterText } from './Requester.tsx';
import { RetryTask } from './RetryTask.tsx';
import { SaidBeforehand } from './SaidBeforehand.tsx';
import { TaskLog } from './TaskLog.tsx';
import styles from './TaskPane.module.css';
import { UndecidedNotice } from './UndecidedNotice.tsx';

/** One task in full: how it stands, why it failed and what to do, its steps, its whole log. */
export function TaskPane({ task, onClose }: { readonly task: Task; readonly onClose: () => void }) {
  const [, navigate] = useLocation();
  const now = useNow();
  const { shape, word } = taskState(task);
  const { requestedBy, subject } = task;
  return (
    <DetailPane
      name={task.title}
      state={<StateChip shape={shape} word={word} />}
      onClose={onClose}
      actions={
        <>
          {task.kind === 'migration' && (
            <Button variant="contained" onClick={() => navigate(migrationHref(task.id))}>
              {hasEnded(task.state) ? 'Show its six steps' : 'Watch its six steps'}
            </Button>
          )}
          {!hasEnded(task.state) && <CancelTask task={task} verb="Cancel this task" />}
          <RetryTask task={task} />
        </>
      }
    >
      <Notices>
        {task.outcome !== undefined && <p>{task.outcome}</p>}
        {task.error !== undefined && <ErrorNotice error={task.error} />}
        {task.state === 'undecided' && <UndecidedNotice task={task} />}
        {!hasEnded(task.state) && task.state !== 'undecided' && task.progress !== undefined && (
          <p>{task.progress.detail}</p>
        )}
      </Notices>
      <Section title="Steps">
        <ol className={styles.steps}>
          {task.steps.map((step) => (
            <Step key={step.id} step={step} tookMs={tookMs(task, step)} />
          ))}
        </ol>
      </Section>
      <Section title="Asked">
        <Facts
          facts={[
            ['By', requesterText(task)],
            requestedBy.why === undefined ? undefined : ['Why', requestedBy.why],
            ['At', <Quantity key="at" value={formatMoment(task.createdAt, now)} />],
            subject.vmId === undefined
              ? undefined
              : [
                  'VM',
                  <Link key="vm" href={vmHref(subject.vmId)}>
                    {subject.vmName ?? 'the VM'}
                  </Link>,
                ],
            ['Task', <code key="id">{task.id}</code>],
          ]}
        />
      </Section>
      {task.warnings.length > 0 && (
        <Section title="Said beforehand">
          <SaidBeforehand task={task} />
        </Section>
      )}
      <Section title="Log">
        <TaskLog task={task} />
      </Section>
    </DetailPane>
  );
}

const stepShapes: Readonly<Record<TaskStepState, readonly [Shape, string]>> = {
  waiting: ['inactive', 'waiting'],
  running: ['moving', 'running'],
  done: ['done', 'done'],
  failed: ['failed', 'failed'],
  undoing: ['moving', 'being taken back'],
  undone: ['inactive', 'taken back'],
  skipped: ['inactive', 'not reached'],
};

/** As measured where that was done, so that the same step takes the same time on every page. */
function tookMs(task: Task, step: TaskStep): number | undefined {
  const measured = task.migration?.steps.find((each) => each.station === step.id);
  if (measured !== undefined) return measured.durationMs;
  if (step.startedAt === undefined || step.finishedAt === undefined) return undefined;
  return step.finishedAt - step.startedAt;
}

function Step({ step, tookMs }: { readonly step: TaskStep; readonly tookMs: number | undefined }) {
  const [shape, word] = stepShapes[step.state];
  return (
    <li>
      <StateShape shape={shape} />
      <span>{step.title}</span>
      <span className={styles.took}>
        {tookMs === undefined ? word : <Quantity value={formatDuration(tookMs)} />}
      </span>
    </li>
  );
}
