import KeyboardArrowUpOutlined from '@mui/icons-material/KeyboardArrowUpOutlined';
import { Link } from 'wouter';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { unheardWords } from '../features/hosts/heard.ts';
import { migrationHref, taskHref, useHosts, useTasks } from '../features/inventory.ts';
import { CancelTask } from '../features/tasks/CancelTask.tsx';
import { formatAgo } from '../ui/format.ts';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import { StateChip, StateShape } from '../ui/StateChip.tsx';
import { taskState } from '../ui/states.ts';
import { useNow } from '../ui/useNow.ts';
import { showInFrame, useFrame } from './frame.ts';
import styles from './TaskStrip.module.css';

const panelRows = 30;

/** What goes on, always in view: the newest running task, and how many; a click opens the list. */
export function TaskStrip() {
  const tasks = useTasks();
  const open = useFrame((frame) => frame.taskPanel);
  const setOpen = (taskPanel: boolean): void => showInFrame({ taskPanel });
  const running = tasks.filter((task) => !hasEnded(task.state));
  const [shown] = running.length > 0 ? running : tasks;
  return (
    <section className={styles.place} aria-label="Tasks">
      {open && <Panel tasks={latest(tasks)} onLeave={() => setOpen(false)} />}
      <button type="button" className={styles.strip} aria-expanded={open} onClick={() => setOpen(!open)}>
        {shown === undefined ? <span>No tasks yet</span> : <Summary task={shown} running={running.length} />}
        <KeyboardArrowUpOutlined fontSize="small" className={styles.arrow} data-open={open} />
      </button>
      <Unheard />
    </section>
  );
}

/** Where nothing shifts when a host answers: which part of what is shown is old, and how old. */
function Unheard() {
  const words = unheardWords(useHosts(), useNow(60_000));
  if (words === undefined) return null;
  return (
    <Link href="/hosts" className={styles.unheard} title={words}>
      <StateShape shape="unknown" />
      <span>{words}</span>
    </Link>
  );
}

function Summary({ task, running }: { readonly task: Task; readonly running: number }) {
  const { shape, word } = taskState(task);
  const ended = hasEnded(task.state) || task.state === 'undecided';
  return (
    <>
      <StateChip shape={shape} word={word} />
      <span className={styles.title}>{task.title}</span>
      {!ended && <ProgressBar share={task.progress?.share} label={`Progress of ${task.title}`} />}
      <span className={styles.detail}>{ended ? task.outcome : task.progress?.detail}</span>
      {task.finishedAt !== undefined && <Ago at={task.finishedAt} />}
      {running > 1 && <span className={styles.count}>{running} tasks running</span>}
    </>
  );
}

/** Those that go on first, then those that ended last. */
function latest(tasks: readonly Task[]): readonly Task[] {
  const goOn = tasks.filter((task) => !hasEnded(task.state));
  const ended = tasks
    .filter((task) => hasEnded(task.state))
    .toSorted((one, other) => (other.finishedAt ?? 0) - (one.finishedAt ?? 0));
  return [...goOn, ...ended].slice(0, panelRows);
}

function Ago({ at }: { readonly at: number }) {
  return <span className={styles.count}>{formatAgo(at, useNow(10_000)).text}</span>;
}

function Panel({ tasks, onLeave }: { readonly tasks: readonly Task[]; readonly onLeave: () => void }) {
  const now = useNow();
  return (
    // Escape closes the panel from anywhere within it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={styles.panel}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeave();
      }}
    >
      <div className={styles.head}>
        <h2>Running and latest tasks</h2>
        <Link href="/activity" onClick={onLeave}>
          Open Activity
        </Link>
      </div>
      {tasks.length === 0 && <p className={styles.quiet}>Everything that is asked of Drover appears here.</p>}
      <ul className={styles.tasks}>
        {tasks.map((task) => {
          const { shape, word } = taskState(task);
          return (
            <li key={task.id}>
              <StateChip shape={shape} word={word} />
              <Link
                href={task.kind === 'migration' ? migrationHref(task.id) : taskHref(task)}
                onClick={onLeave}
              >
                {task.title}
              </Link>
              <span className={styles.quiet}>
                {task.error?.next ?? task.outcome ?? task.progress?.detail}
              </span>
              <span className={styles.ago}>
                {formatAgo(task.finishedAt ?? task.startedAt ?? task.createdAt, now).text}
              </span>
              {!hasEnded(task.state) && <CancelTask task={task} verb="Cancel" />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
