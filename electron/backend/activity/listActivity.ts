import {
  type ActivityEntry,
  type ActivityFilter,
  type ActivityPlace,
  compareActivity,
  fitsActivity,
  placeOf,
} from '#shared/model/activity.ts';
import type { Task } from '#shared/model/task.ts';
import type { Events } from '../store/events.ts';

export interface ActivitySources {
  readonly events: Pick<Events, 'list'>;
  /** Newest first, those that may fit. */
  readonly tasks: {
    list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly Task[];
  };
}

export interface ActivityPage {
  readonly entries: readonly ActivityEntry[];
  /** Absent where nothing older fits. */
  readonly next?: ActivityPlace;
}

/** What was asked and what happened, as one line of time: tasks out of the journal, events out of the history. */
export function listActivity(
  { events, tasks }: ActivitySources,
  filter: ActivityFilter,
  limit: number,
  before: ActivityPlace | undefined,
): ActivityPage {
  // One more than is shown, to know whether anything follows.
  const wanted = limit + 1;
  const found = [
    ...fitting(filter, wanted, before, (size, place) =>
      filter.what === 'events'
        ? []
        : tasks.list(filter, size, place).map((task): ActivityEntry => ({ kind: 'task', task })),
    ),
    ...fitting(filter, wanted, before, (size, place) =>
      filter.what === 'tasks'
        ? []
        : events.list(filter, size, place).map((event): ActivityEntry => ({ kind: 'event', event })),
    ),
  ].toSorted(compareActivity);
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, ...(found.length > limit && last !== undefined ? { next: placeOf(last) } : {}) };
}

const rowsAtOnce = 500;

/** Reads on until enough fit or nothing is left: what the database lets through need not fit. */
function fitting(
  filter: ActivityFilter,
  wanted: number,
  before: ActivityPlace | undefined,
  read: (size: number, before: ActivityPlace | undefined) => readonly ActivityEntry[],
): readonly ActivityEntry[] {
  const found: ActivityEntry[] = [];
  let place = before;
  for (;;) {
    const rows = read(Math.min(wanted, rowsAtOnce), place);
    found.push(...rows.filter((entry) => fitsActivity(filter, entry)));
    const last = rows.at(-1);
    if (found.length >= wanted || rows.length < Math.min(wanted, rowsAtOnce) || last === undefined)
      return found.slice(0, wanted);
    place = placeOf(last);
  }
}
