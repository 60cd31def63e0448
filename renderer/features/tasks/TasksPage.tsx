import { useLocation, useRoute, useSearch } from 'wouter';
import type { Task } from '#shared/model/task.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';
import { useNow } from '../../ui/useNow.ts';
import { useSort, withQuery } from '../../ui/useViewState.ts';
import { TaskPane } from './TaskPane.tsx';

/** A list of tasks with the chosen one beside it; Activity lists all of them, Migrations those of one kind. */
export function TasksPage({
  title,
  path,
  tasks,
  columns,
  empty,
}: {
  readonly title: string;
  readonly path: string;
  readonly tasks: readonly Task[];
  readonly columns: readonly Column<Task>[];
  readonly empty: string;
}) {
  const [, navigate] = useLocation();
  const search = useSearch();
  const [, parameters] = useRoute(`${path}/:id`);
  const id = parameters === null ? undefined : decodeURIComponent(parameters['id'] ?? '');
  const [sort, setSort] = useSort({ key: 'started', descending: true });
  const selected = tasks.find((task) => task.id === id);
  const href = (task: Task): string => withQuery(`${path}/${encodeURIComponent(task.id)}`, search);
  return (
    <Page
      title={title}
      count={tasks.length === 0 ? undefined : String(tasks.length)}
      fill
      aside={selected && <TaskPane task={selected} onClose={() => navigate(withQuery(path, search))} />}
    >
      <DataTable
        label={title}
        columns={columns}
        rows={tasks}
        rowKey={(task) => task.id}
        rowHref={href}
        onOpen={(task) => navigate(href(task))}
        selectedKey={id}
        sort={sort}
        onSort={setSort}
        empty={<EmptyState title="Nothing yet">{empty}</EmptyState>}
      />
    </Page>
  );
}

export function useTaskColumns(): readonly Column<Task>[] {
  const now = useNow();
  return [
    { key: 'title', title: 'Task', width: 260, sortValue: (task) => task.title, cell: (task) => task.title },
    {
      key: 'state',
      title: 'State',
      width: 130,
      sortValue: (task) => taskState(task).word,
      cell: (task) => {
        const { shape, word, detail } = taskState(task);
        return <StateChip shape={shape} word={word} title={detail} />;
      },
    },
    {
      key: 'started',
      title: 'Started',
      width: 110,
      sortValue: (task) => task.createdAt,
      cell: (task) => <Quantity value={formatMoment(task.createdAt, now)} />,
    },
    {
      key: 'took',
      title: 'Took',
      width: 100,
      align: 'right',
      cell: (task) =>
        task.finishedAt === undefined || task.startedAt === undefined ? (
          ''
        ) : (
          <Quantity value={formatDuration(task.finishedAt - task.startedAt)} />
        ),
    },
  ];
}
