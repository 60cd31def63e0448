import { useEffect, useMemo, useState } from 'react';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import {
  type ActivityEntry,
  type ActivityFilter,
  type ActivityPlace,
  compareActivity,
  fitsActivity,
  placeOf,
} from '#shared/model/activity.ts';
import { useClient, useLive } from '../../transport/hooks.ts';

interface Read {
  readonly filter: string;
  readonly entries: readonly ActivityEntry[];
  readonly next: ActivityPlace | undefined;
  readonly pending: boolean;
  readonly error: ErrorData | undefined;
}

export interface ShownActivity {
  /** Newest first. */
  readonly entries: readonly ActivityEntry[];
  readonly pending: boolean;
  readonly error: ErrorData | undefined;
  /** undefined where nothing older fits. */
  readonly readOn: (() => void) | undefined;
}

const pageSize = 100;

/** What fits the filter: read back from the journal page by page, and what is told live as it comes. */
export function useActivity(filter: ActivityFilter): ShownActivity {
  const client = useClient();
  const tasks = useLive((model) => model.tasks);
  const events = useLive((model) => model.events);
  const live = useLive((model) => model.freshness === 'live');
  const key = JSON.stringify(filter);
  const [read, setRead] = useState<Read>({
    filter: key,
    entries: [],
    next: undefined,
    pending: true,
    error: undefined,
  });

  const ask = async (before: ActivityPlace | undefined, signal?: AbortSignal): Promise<void> => {
    setRead((was) => ({ ...was, pending: true, error: undefined }));
    try {
      const page = await client.activity.list(
        { filter, limit: pageSize, ...(before === undefined ? {} : { before }) },
        signal === undefined ? {} : { signal },
      );
      if (signal?.aborted === true) return;
      setRead((was) => ({
        filter: key,
        entries: before === undefined ? page.entries : [...was.entries, ...page.entries],
        next: page.next,
        pending: false,
        error: undefined,
      }));
    } catch (thrown) {
      if (signal?.aborted === true) return;
      const error = toDroverError(thrown).toData();
      setRead((was) => ({ ...was, filter: key, pending: false, error }));
    }
  };

  useEffect(() => {
    if (!live) return;
    const aborter = new AbortController();
    void ask(undefined, aborter.signal);
    return () => aborter.abort();
    // Asked again for another filter, and after a connection that was lost: what happened meanwhile was not told.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, live]);

  const entries = useMemo(() => {
    const known = new Map<string, ActivityEntry>();
    // Until the answer to a changed filter is there, what was read for the one before is looked through for it.
    for (const entry of read.entries) known.set(placeOf(entry).id, entry);
    for (const task of tasks.values()) known.set(task.id, { kind: 'task', task });
    for (const event of events) known.set(event.id, { kind: 'event', event });
    const oldest = read.filter === key ? read.next : undefined;
    return [...known.values()]
      .filter(
        (entry) => fitsActivity(filter, entry) && (oldest === undefined || placeOf(entry).at >= oldest.at),
      )
      .toSorted(compareActivity);
    // oxlint-disable-next-line react/exhaustive-deps
  }, [read, tasks, events, key]);

  const { next, pending, error } = read;
  return { entries, pending, error, readOn: next === undefined ? undefined : () => void ask(next) };
}
