import Button from '@mui/material/Button';
import { taskIdSchema } from '#shared/model/ids.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Page } from '../../ui/Page.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useOpened } from '../../ui/useViewState.ts';
import { ActivityFilters, useActivityWishes, ViewSwitch } from './ActivityFilters.tsx';
import { ActivityTable } from './ActivityTable.tsx';
import { filterOf } from './activityView.ts';
import { ExportActivity } from './ExportActivity.tsx';
import { TaskPane } from './TaskPane.tsx';
import { useActivity } from './useActivity.ts';
import { useTask } from './useTask.ts';

/** What was asked of Drover by anyone, and what it saw happen, back to the first day; failed tasks stay. */
export function ActivityPage() {
  const now = useNow();
  const opened = useOpened('/activity');
  const wishes = useActivityWishes();
  const filter = filterOf(wishes, now);
  const { entries, pending, error, readOn } = useActivity(filter);
  const isNarrowed = Object.keys(filter).some((key) => key !== 'clusterId');
  return (
    <Page
      title="Activity"
      fill
      actions={
        <>
          <ViewSwitch />
          <ExportActivity filter={filter} />
        </>
      }
      aside={opened.id !== undefined && <Opened id={opened.id} onClose={opened.close} />}
    >
      <ActivityFilters />
      {error !== undefined && <ErrorNotice error={error} />}
      <ActivityTable
        entries={entries}
        now={now}
        opened={opened}
        empty={
          pending ? (
            <p role="status" style={{ padding: 16 }}>
              Reading what is kept…
            </p>
          ) : (
            <Nothing isNarrowed={isNarrowed} clear={() => wishes.clear()} />
          )
        }
        end={
          readOn !== undefined &&
          entries.length > 0 && (
            <Button disabled={pending} onClick={readOn}>
              {pending ? 'Reading…' : 'Show earlier'}
            </Button>
          )
        }
      />
    </Page>
  );
}

function Opened({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { task } = useTask(taskIdSchema.parse(id));
  return task === undefined ? null : <TaskPane key={task.id} task={task} onClose={onClose} />;
}

function Nothing({ isNarrowed, clear }: { readonly isNarrowed: boolean; readonly clear: () => void }) {
  if (!isNarrowed) {
    return (
      <EmptyState title="Nothing has been asked of Drover yet">
        Everything that is asked of Drover is kept here: by whom, when, how it went, and the reason where it
        failed; and what it sees happen on the hosts besides.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing fits what is asked for"
      action={
        <Button variant="outlined" onClick={clear}>
          Clear the filters
        </Button>
      }
    />
  );
}
