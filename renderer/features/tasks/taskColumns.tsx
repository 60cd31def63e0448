import type { Task } from '#shared/model/task.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { formatMoment } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';

/** The columns that every table of tasks has. */
export const taskStateColumn: Column<Task> = {
  key: 'state',
  title: 'State',
  width: 120,
  sortValue: (task) => taskState(task).word,
  cell: (task) => {
    const { shape, word, detail } = taskState(task);
    return <StateChip shape={shape} word={word} title={task.error?.message ?? detail} />;
  },
};

export function taskStartColumn(
  { key, title, width }: Pick<Column<Task>, 'key' | 'title' | 'width'>,
  now: number,
): Column<Task> {
  return {
    key,
    title,
    width,
    sortValue: (task) => task.createdAt,
    cell: (task) => <Quantity value={formatMoment(task.startedAt ?? task.createdAt, now)} />,
  };
}
