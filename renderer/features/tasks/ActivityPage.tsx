import { useTasks } from '../inventory.ts';
import { TasksPage, useTaskColumns } from './TasksPage.tsx';

export function ActivityPage() {
  const columns = useTaskColumns();
  return (
    <TasksPage
      title="Activity"
      path="/activity"
      tasks={useTasks()}
      columns={[
        ...columns,
        {
          key: 'who',
          title: 'Asked by',
          width: 150,
          gives: 1,
          sortValue: (task) => task.requestedBy.who,
          cell: (task) => task.requestedBy.who,
        },
      ]}
      empty="Everything that is asked of Drover is kept here: by whom, how it went and why."
    />
  );
}
