import { useLocation } from 'wouter';
import type { Task } from '#shared/model/task.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { formatBytes, formatDuration, notMeasured } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useSort } from '../../ui/useViewState.ts';
import { migrationHref, useTasks } from '../inventory.ts';
import { taskStartColumn, taskStateColumn } from '../tasks/taskColumns.tsx';
import { MigrationHosts, NoMigrations } from './MigrationPage.tsx';

/** Every migration that is remembered, running ones among them. */
export function MigrationsPage() {
  const tasks = useTasks().filter((task) => task.kind === 'migration');
  const [, navigate] = useLocation();
  const [sort, setSort] = useSort({ key: 'begun', descending: true });
  const columns = migrationColumns(useNow());
  return (
    <Page title="Migrations" count={tasks.length === 0 ? undefined : String(tasks.length)} fill>
      <DataTable
        label="Migrations"
        columns={columns}
        rows={tasks}
        rowKey={(task) => task.id}
        rowHref={(task) => migrationHref(task.id)}
        onOpen={(task) => navigate(migrationHref(task.id))}
        sort={sort}
        onSort={setSort}
        empty={<NoMigrations />}
      />
    </Page>
  );
}

function migrationColumns(now: number): readonly Column<Task>[] {
  const result =
    <Key extends 'downtimeMs' | 'totalMs' | 'memoryBytes' | 'rounds'>(key: Key) =>
    (task: Task) =>
      task.migration?.[key];
  return [
    {
      key: 'vm',
      title: 'VM',
      width: 150,
      sortValue: (task) => task.subject.vmName,
      cell: (task) => task.subject.vmName ?? task.title,
    },
    taskStateColumn,
    { key: 'hosts', title: 'From and to', width: 190, cell: (task) => <MigrationHosts task={task} /> },
    taskStartColumn({ key: 'begun', title: 'Begun', width: 130 }, now),
    {
      key: 'downtime',
      title: 'Downtime',
      width: 100,
      align: 'right',
      sortValue: result('downtimeMs'),
      cell: (task) => (
        <Measured
          task={task}
          of={(each) => (each.downtimeMs === undefined ? notMeasured : formatDuration(each.downtimeMs))}
        />
      ),
    },
    {
      key: 'total',
      title: 'Total',
      width: 90,
      align: 'right',
      sortValue: result('totalMs'),
      cell: (task) => <Measured task={task} of={(each) => formatDuration(each.totalMs)} />,
    },
    {
      key: 'memory',
      title: 'Memory sent',
      width: 110,
      align: 'right',
      gives: 1,
      sortValue: result('memoryBytes'),
      cell: (task) => <Measured task={task} of={(each) => formatBytes(each.memoryBytes)} />,
    },
    {
      key: 'rounds',
      title: 'Rounds',
      width: 80,
      align: 'right',
      gives: 2,
      sortValue: result('rounds'),
      cell: (task) => task.migration?.rounds,
    },
  ];
}

function Measured({
  task,
  of,
}: {
  readonly task: Task;
  readonly of: (result: NonNullable<Task['migration']>) => ReturnType<typeof formatBytes>;
}) {
  return task.migration === undefined ? null : <Quantity value={of(task.migration)} />;
}
