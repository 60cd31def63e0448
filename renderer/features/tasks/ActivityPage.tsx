import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useState } from 'react';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { useClient } from '../../transport/hooks.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { useOrder } from '../../ui/useAsk.ts';
import { useNow } from '../../ui/useNow.ts';
import { useOpened, useSort, useViewState } from '../../ui/useViewState.ts';
import { taskHref, useTasks } from '../inventory.ts';
import { requesterText } from './Requester.tsx';
import { TaskPane } from './TaskPane.tsx';
import { taskStartColumn, taskStateColumn } from './taskColumns.tsx';

const views = {
  all: { name: 'All', shows: () => true },
  running: { name: 'Running', shows: (task: Task) => !hasEnded(task.state) && task.state !== 'undecided' },
  undecided: { name: 'Undecided', shows: (task: Task) => task.state === 'undecided' },
  failed: { name: 'Failed', shows: (task: Task) => task.state === 'failed' },
} as const;
type View = keyof typeof views;

const isView = (text: string): text is View => text in views;

/** Everything that was asked of Drover, by anyone; failed tasks stay. */
export function ActivityPage() {
  const now = useNow();
  const { tasks, earlier } = useAllTasks();
  const opened = useOpened('/activity');
  const [viewText, setView] = useViewState('show');
  const view = isView(viewText) ? viewText : 'all';
  const [sort, setSort] = useSort({ key: 'started', descending: true });
  const shown = tasks.filter(views[view].shows);
  const selected = tasks.find((task) => task.id === opened.id);
  return (
    <Page
      title="Activity"
      count={tasks.length === 0 ? undefined : String(tasks.length)}
      fill
      actions={
        <ViewSwitch view={view} tasks={tasks} onView={(next) => setView(next === 'all' ? '' : next)} />
      }
      aside={selected && <TaskPane key={selected.id} task={selected} onClose={opened.close} />}
    >
      <DataTable
        label="Activity"
        columns={columnsAt(now)}
        rows={shown}
        rowKey={(task) => task.id}
        rowHref={(task) => opened.href(taskHref(task))}
        onOpen={(task) => opened.open(taskHref(task))}
        selectedKey={opened.id}
        sort={sort}
        onSort={setSort}
        empty={
          <EmptyState
            title={tasks.length === 0 ? 'Nothing has been asked of Drover yet' : `No task is ${view}`}
          >
            Everything that is asked of Drover is kept here: by whom, when, how it went, and the reason where
            it failed.
          </EmptyState>
        }
      />
      {earlier.error !== undefined && <ErrorNotice error={earlier.error} />}
      {tasks.length >= 100 && (
        <div>
          <Button disabled={earlier.pending} onClick={() => void earlier.run(undefined)}>
            {earlier.pending ? 'Looking…' : 'Show earlier tasks'}
          </Button>
        </div>
      )}
    </Page>
  );
}

/** The live ones, and those that were fetched from the journal besides. */
function useAllTasks() {
  const client = useClient();
  const live = useTasks();
  const [older, setOlder] = useState<readonly Task[]>([]);
  const tasks = [...live, ...older.filter((task) => !live.some((each) => each.id === task.id))];
  const earlier = useOrder(async () => {
    const before = Math.min(...tasks.map((task) => task.createdAt));
    const found = await client.tasks.list({ limit: 200, before });
    setOlder((known) => [...known, ...found.filter((task) => !known.some((each) => each.id === task.id))]);
  });
  return { tasks, earlier };
}

function ViewSwitch({
  view,
  tasks,
  onView,
}: {
  readonly view: View;
  readonly tasks: readonly Task[];
  readonly onView: (view: View) => void;
}) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      value={view}
      aria-label="Which tasks"
      onChange={(_, next: unknown) => {
        if (typeof next === 'string' && isView(next)) onView(next);
      }}
    >
      {(['all', 'running', 'undecided', 'failed'] as const).map((each) => {
        const count = each === 'all' ? 0 : tasks.filter(views[each].shows).length;
        return (
          <ToggleButton
            key={each}
            value={each}
            sx={{ textTransform: 'none', padding: '3px 12px', fontSize: 12, color: 'var(--text-2)' }}
          >
            {views[each].name}
            {count > 0 && ` ${count}`}
          </ToggleButton>
        );
      })}
    </ToggleButtonGroup>
  );
}

function columnsAt(now: number): readonly Column<Task>[] {
  return [
    {
      key: 'title',
      title: 'Task',
      width: 300,
      sortValue: (task) => task.title,
      cell: (task) => <span title={task.title}>{task.title}</span>,
    },
    taskStateColumn,
    {
      key: 'said',
      title: 'How it stands',
      width: 260,
      gives: 3,
      cell: (task) => {
        const text = standing(task);
        return <span title={text}>{text}</span>;
      },
    },
    {
      key: 'who',
      title: 'Asked by',
      width: 160,
      gives: 2,
      sortValue: requesterText,
      cell: (task) => <span title={task.requestedBy.why}>{requesterText(task)}</span>,
    },
    taskStartColumn({ key: 'started', title: 'Started', width: 120 }, now),
    {
      key: 'took',
      title: 'Took',
      width: 90,
      align: 'right',
      gives: 1,
      sortValue: (task) => tookMs(task, now),
      cell: (task) => {
        const ms = tookMs(task, now);
        return ms === undefined ? 'not begun' : <Quantity value={formatDuration(ms)} />;
      },
    },
  ];
}

/** What to do where it failed, else how it ended, else what it is doing. */
function standing(task: Task): string {
  const ending = task.state === 'failed' ? (task.error?.next ?? task.outcome) : task.outcome;
  return ending ?? task.progress?.detail ?? '';
}

function tookMs(task: Task, now: number): number | undefined {
  return task.startedAt === undefined ? undefined : Math.max(0, (task.finishedAt ?? now) - task.startedAt);
}
