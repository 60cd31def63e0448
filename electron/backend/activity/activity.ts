import {
  type ActivityEntry,
  type ActivityFilter,
  type ActivityPlace,
  compareActivity,
  fitsActivity,
  placeOf,
} from '#shared/model/activity.ts';
import type { ActivityEvent } from '#shared/model/activityEvent.ts';
import type { ClusterEvent } from '#shared/model/history.ts';
import type { ClusterId, VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Task } from '#shared/model/task.ts';
import type { Clock } from '../clock/clock.ts';
import type { ActivityEvents } from '../store/activityEvents.ts';
import { TaskEnds } from './taskEnds.ts';
import { EventWatcher } from './watchEvents.ts';

export const keptEvents = 100;

export interface ActivityInput {
  readonly clock: Clock;
  /** What a cluster's own clock says; undefined for one that is gone. */
  readonly clusterNow: (cluster: ClusterId) => number | undefined;
  readonly clusterOf: (vm: VmId) => ClusterId | undefined;
  readonly events: ActivityEvents;
  /** Newest first, those that may fit. */
  readonly tasks: (
    filter: ActivityFilter,
    limit: number,
    before: ActivityPlace | undefined,
  ) => readonly Task[];
}

export interface ActivityPage {
  readonly entries: readonly ActivityEntry[];
  /** Absent where nothing older fits. */
  readonly next?: ActivityPlace;
}

/** What was asked and what happened, as one line of time: tasks out of the journal, events out of the history. */
export class Activity {
  readonly #input: ActivityInput;
  readonly #watcher = new EventWatcher();
  readonly #listeners = new Set<(events: readonly ActivityEvent[]) => void>();
  readonly #taskEnds: TaskEnds;
  #recent: readonly ActivityEvent[];
  #number = 0;

  constructor(input: ActivityInput) {
    this.#input = input;
    this.#taskEnds = new TaskEnds(input);
    this.#recent = input.events.list({}, keptEvents, undefined).toReversed();
  }

  /** Every batch of the inventory's patches, from the first on. */
  follow(patches: readonly LivePatch[]): void {
    const seen = this.#watcher.take(patches);
    if (seen.length === 0) return;
    const at = Math.round(this.#input.clock.now());
    const events = seen.map((event): ActivityEvent => {
      return { ...event, id: this.#nextId(at), at, clusterAt: this.#input.clusterNow(event.clusterId) ?? at };
    });
    this.#recent = [...this.#recent, ...events].slice(-keptEvents);
    this.#input.events.add(events);
    for (const listener of this.#listeners) listener(events);
  }

  /** A task as it now is. */
  followTask(task: Task): void {
    const end = this.#taskEnds.take(task, Math.round(this.#input.clock.now()));
    if (end !== undefined) this.#input.events.addTaskEnd(end);
  }

  /** The ticks of a cluster's time axis, by its own clock: oldest first, of very many the latest. */
  ofCluster(cluster: ClusterId, from: number, to: number, most: number): readonly ClusterEvent[] {
    return this.#input.events.ofCluster(cluster, from, to, most);
  }

  /** The latest, oldest first. */
  recent(): readonly ActivityEvent[] {
    return this.#recent;
  }

  subscribe(listener: (events: readonly ActivityEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): ActivityPage {
    const { events, tasks } = this.#input;
    // One more than is shown, to know whether anything follows.
    const wanted = limit + 1;
    const found = [
      ...fitting(filter, wanted, before, (size, place) =>
        filter.what === 'events'
          ? []
          : tasks(filter, size, place).map((task): ActivityEntry => ({ kind: 'task', task })),
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

  /** The time first, so that order of text is order of time. */
  #nextId(at: number): string {
    this.#number += 1;
    return `event-${String(at).padStart(14, '0')}-${String(this.#number).padStart(6, '0')}`;
  }
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
