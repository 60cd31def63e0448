import { Link, useParams } from 'wouter';
import { taskIdSchema } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { useLive } from '../../transport/hooks.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { scales } from '../../ui/scales.ts';
import { taskState } from '../../ui/states.ts';
import { TimeChart } from '../../ui/TimeChart.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useHostName, vmHref } from '../inventory.ts';
import { CancelTask } from '../tasks/CancelTask.tsx';
import { Requester } from '../tasks/Requester.tsx';
import { RetryTask } from '../tasks/RetryTask.tsx';
import { SaidBeforehand } from '../tasks/SaidBeforehand.tsx';
import { TaskLog } from '../tasks/TaskLog.tsx';
import { UndecidedNotice } from '../tasks/UndecidedNotice.tsx';
import { useTask } from '../tasks/useTask.ts';
import { ProgressFigures, ResultTable } from './MigrationFigures.tsx';
import styles from './MigrationPage.module.css';
import { SixSteps } from './SixSteps.tsx';

/** One migration, while it runs and for as long as it is remembered: the picture stays. */
export function MigrationPage() {
  const { id = '' } = useParams<{ readonly id?: string }>();
  const { task, error, pending } = useTask(taskIdSchema.parse(decodeURIComponent(id)));
  if (task === undefined) {
    return (
      <Page title="Migration">
        {error !== undefined && <ErrorNotice error={error} />}
        {pending && <p>Looking it up…</p>}
      </Page>
    );
  }
  return <Migration task={task} />;
}

function Migration({ task }: { readonly task: Task }) {
  const now = useNow(task.finishedAt === undefined ? 1000 : 60_000);
  const [fromId, toId] = task.subject.hostIds;
  const hosts = useLive((model) => model.hosts);
  const nameOf = (id: typeof fromId): string =>
    id === undefined ? 'a host' : (hosts.get(id)?.name ?? 'a removed host');
  const { shape, word } = taskState(task);
  const progress = task.progress?.migration;
  const running = !hasEnded(task.state);
  return (
    <Page
      title={task.title}
      actions={
        <>
          <StateChip shape={shape} word={word} />
          {running && <CancelTask task={task} verb="Cancel migration" />}
          <RetryTask task={task} />
        </>
      }
    >
      <p className={styles.outcome} aria-live="polite">
        {task.outcome ?? task.progress?.detail ?? 'Waiting for its turn.'}
      </p>
      {task.error !== undefined && <ErrorNotice error={task.error} />}
      {task.state === 'undecided' && <UndecidedNotice task={task} />}
      <SixSteps task={task} fromName={nameOf(fromId)} toName={nameOf(toId)} now={now} />
      {(task.migration !== undefined || progress !== undefined) && (
        <div className={styles.columns}>
          {task.migration !== undefined ? (
            <section className={styles.card} aria-label="Result">
              <h2>Result</h2>
              <ResultTable result={task.migration} />
            </section>
          ) : (
            progress !== undefined && (
              <section className={styles.card} aria-label="Figures">
                <h2>{running ? 'Now' : 'When it ended'}</h2>
                <ProgressFigures progress={progress} />
              </section>
            )
          )}
          {progress !== undefined && progress.remaining.length > 1 && (
            <section className={styles.card} aria-label="Memory left">
              <TimeChart
                title="Memory left to send"
                from={0}
                to={progress.remaining.at(-1)?.[0] ?? 1}
                scale={scales.bytes}
                formatTime={(ms) => (ms === 0 ? '0 s' : formatDuration(ms).text)}
                height={task.migration === undefined ? 190 : 290}
                lines={[
                  {
                    key: 'remaining',
                    name: 'Left',
                    colour: 'var(--series-sent)',
                    points: progress.remaining.map(([at, value]) => ({ at, value })),
                  },
                ]}
              />
            </section>
          )}
        </div>
      )}
      {task.warnings.length > 0 && (
        <section className={running ? undefined : styles.card} aria-label="Said beforehand">
          {!running && <h2>Said beforehand</h2>}
          <SaidBeforehand task={task} />
        </section>
      )}
      <section className={styles.card} aria-label="Log">
        <h2>Log</h2>
        <p className={styles.quiet}>
          <Requester task={task} />
          {task.startedAt !== undefined && `, begun ${formatMoment(task.startedAt, now).text}`}
          {task.subject.vmId !== undefined && (
            <>
              {' · '}
              <Link href={vmHref(task.subject.vmId)}>{task.subject.vmName ?? 'the VM'}</Link>
            </>
          )}
        </p>
        <TaskLog task={task} />
      </section>
    </Page>
  );
}

export function MigrationHosts({ task }: { readonly task: Task }) {
  const [from, to] = task.subject.hostIds;
  if (from === undefined || to === undefined) return null;
  return <FromTo from={from} to={to} />;
}

function FromTo({
  from,
  to,
}: {
  readonly from: NonNullable<Task['subject']['hostIds'][number]>;
  readonly to: NonNullable<Task['subject']['hostIds'][number]>;
}) {
  const fromName = useHostName(from);
  const toName = useHostName(to);
  return (
    <span title={`${fromName} to ${toName}`}>
      {fromName} → {toName}
    </span>
  );
}

export function NoMigrations() {
  return (
    <EmptyState title="No migration yet">
      Migrations appear here while they run and after they have ended, with their picture and their figures.
      Start one from a VM.
    </EmptyState>
  );
}
