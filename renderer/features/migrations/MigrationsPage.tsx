import { formatDuration } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { useTasks } from '../inventory.ts';
import { TasksPage, useTaskColumns } from '../tasks/TasksPage.tsx';

export function MigrationsPage() {
  const columns = useTaskColumns();
  return (
    <TasksPage
      title="Migrations"
      path="/migrations"
      tasks={useTasks().filter((task) => task.kind === 'migration')}
      columns={[
        ...columns,
        {
          key: 'downtime',
          title: 'Downtime',
          width: 110,
          align: 'right',
          sortValue: (task) => task.migration?.downtimeMs,
          cell: (task) =>
            task.migration === undefined ? (
              ''
            ) : (
              <Quantity value={formatDuration(task.migration.downtimeMs)} />
            ),
        },
      ]}
      empty="Moves of running VMs between hosts appear here, each with its downtime. Start one from a VM's details."
    />
  );
}
