import Button from '@mui/material/Button';
import NativeSelect from '@mui/material/NativeSelect';
import { useLocation } from 'wouter';
import { activityStates } from '#shared/model/activity.ts';
import type { Task } from '#shared/model/task.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatBytes, formatDuration, notMeasured } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { SearchField } from '../../ui/SearchField.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useSort, useViewState } from '../../ui/useViewState.ts';
import { migrationHref, useScopeId } from '../inventory.ts';
import filters from '../tasks/ActivityFilters.module.css';
import { taskStartColumn, taskStateColumn } from '../tasks/taskColumns.tsx';
import { useActivity } from '../tasks/useActivity.ts';
import { useTaskMenu } from '../tasks/useTaskMenu.ts';
import { MigrationHosts, NoMigrations } from './MigrationPage.tsx';

/** Every migration that is kept, running ones among them, back to the first. */
export function MigrationsPage() {
  const [, navigate] = useLocation();
  const [text, setText] = useViewState('filter');
  const [stateText, setState] = useViewState('state');
  const state = activityStates.find((each) => each === stateText);
  const cluster = useScopeId();
  const { entries, pending, error, readOn } = useActivity({
    what: 'tasks',
    kind: 'migration',
    ...(text.trim() === '' ? {} : { object: text.trim() }),
    ...(state === undefined ? {} : { state }),
    ...(cluster === undefined ? {} : { clusterId: cluster }),
  });
  const tasks = entries.flatMap((entry) => (entry.kind === 'task' ? [entry.task] : []));
  const [sort, setSort] = useSort({ key: 'begun', descending: true });
  const columns = migrationColumns(useNow());
  const isNarrowed = text !== '' || state !== undefined;
  return (
    <Page
      title="Migrations"
      count={tasks.length === 0 ? undefined : `${tasks.length}${readOn === undefined ? '' : ' and more'}`}
      fill
      actions={
        <>
          <NativeSelect
            value={state ?? ''}
            disableUnderline
            inputProps={{ 'aria-label': 'How it ended' }}
            className={state === undefined ? filters.choice : filters.chosen}
            onChange={(event) => setState(event.target.value)}
          >
            <option value="">However it ended</option>
            {activityStates.map((each) => (
              <option key={each} value={each}>
                {each[0]?.toUpperCase()}
                {each.slice(1)}
              </option>
            ))}
          </NativeSelect>
          <SearchField label="Filter migrations" hint="VM or host" value={text} onChange={setText} />
        </>
      }
    >
      {error !== undefined && <ErrorNotice error={error} />}
      <DataTable
        label="Migrations"
        columns={columns}
        rows={tasks}
        rowKey={(task) => task.id}
        rowHref={(task) => migrationHref(task.id)}
        onOpen={(task) => navigate(migrationHref(task.id))}
        rowMenu={useTaskMenu()}
        sort={sort}
        onSort={setSort}
        empty={
          isNarrowed ? (
            <EmptyState
              title="No migration fits"
              action={
                <Button variant="outlined" onClick={() => navigate('/migrations', { replace: true })}>
                  Clear the filters
                </Button>
              }
            />
          ) : pending ? (
            <p role="status" style={{ padding: 16 }}>
              Reading what is kept…
            </p>
          ) : (
            <NoMigrations />
          )
        }
      />
      {readOn !== undefined && (
        <div>
          <Button disabled={pending} onClick={readOn}>
            {pending ? 'Reading…' : 'Show earlier'}
          </Button>
        </div>
      )}
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
      width: 132,
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
