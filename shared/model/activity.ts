import { z } from 'zod';
import { type ActivityEvent, activityEventSchema } from './event.ts';
import { clusterIdSchema } from './ids.ts';
import { hasEnded, type Task, taskSchema } from './task.ts';

/** What was asked of Drover and what it saw happen, in one line of time. */
export const activityEntrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('task'), task: taskSchema }).readonly(),
  z.object({ kind: z.literal('event'), event: activityEventSchema }).readonly(),
]);

export const activityStates = ['running', 'undecided', 'done', 'failed', 'cancelled'] as const;

/** Everything that is given must fit. Events have no state and nobody who asked, so either leaves them out. */
export const activityFilterSchema = z
  .object({
    what: z.enum(['tasks', 'events']).exactOptional(),
    /** Of a task (`migration`, `start` ...) or an event (`vm-stopped` ...). */
    kind: z.string().max(100).exactOptional(),
    state: z.enum(activityStates).exactOptional(),
    clusterId: clusterIdSchema.exactOptional(),
    /** A part of the name of a VM or host. */
    object: z.string().max(300).exactOptional(),
    who: z.string().max(300).exactOptional(),
    /** A part of whatever can be read of it, its log and its error included. */
    text: z.string().max(300).exactOptional(),
    /** Wall clock, milliseconds; `to` is left out. */
    from: z.number().exactOptional(),
    to: z.number().exactOptional(),
  })
  .readonly();

/** Where a list was left: what follows is older. */
export const activityPlaceSchema = z.object({ at: z.number(), id: z.string() }).readonly();

export type ActivityEntry = z.infer<typeof activityEntrySchema>;
export type ActivityState = (typeof activityStates)[number];
export type ActivityFilter = z.infer<typeof activityFilterSchema>;
export type ActivityPlace = z.infer<typeof activityPlaceSchema>;

export function placeOf(entry: ActivityEntry): ActivityPlace {
  return entry.kind === 'task'
    ? { at: entry.task.createdAt, id: entry.task.id }
    : { at: entry.event.at, id: entry.event.id };
}

/** Newest first, always in the same order. */
export function compareActivity(one: ActivityEntry, other: ActivityEntry): number {
  const left = placeOf(one);
  const right = placeOf(other);
  return right.at - left.at || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0);
}

export function activityState({ state }: Pick<Task, 'state'>): ActivityState {
  if (state === 'succeeded') return 'done';
  if (state === 'undecided') return 'undecided';
  return hasEnded(state) ? (state === 'failed' ? 'failed' : 'cancelled') : 'running';
}

/** Whether an entry fits: the backend's word on what it kept, and the page's on what it is told live. */
export function fitsActivity(filter: ActivityFilter, entry: ActivityEntry): boolean {
  const { at } = placeOf(entry);
  if (at < (filter.from ?? Number.NEGATIVE_INFINITY) || at >= (filter.to ?? Number.POSITIVE_INFINITY))
    return false;
  if (filter.what !== undefined && filter.what !== `${entry.kind}s`) return false;
  return entry.kind === 'task' ? fitsTask(filter, entry.task) : fitsEvent(filter, entry.event);
}

function fitsTask(filter: ActivityFilter, task: Task): boolean {
  const { clusterId, vmName } = task.subject;
  return (
    (filter.kind === undefined || task.kind === filter.kind) &&
    (filter.state === undefined || activityState(task) === filter.state) &&
    (filter.clusterId === undefined || clusterId === undefined || clusterId === filter.clusterId) &&
    // The title names the VM and the hosts as they were called then.
    has(filter.object, [task.title, vmName]) &&
    has(filter.who, [task.requestedBy.who]) &&
    has(filter.text, [
      task.id,
      task.title,
      task.outcome,
      task.error?.message,
      task.requestedBy.who,
      task.requestedBy.why,
      ...task.log.map((line) => line.text),
    ])
  );
}

function fitsEvent(filter: ActivityFilter, event: ActivityEvent): boolean {
  return (
    filter.state === undefined &&
    filter.who === undefined &&
    (filter.kind === undefined || event.kind === filter.kind) &&
    (filter.clusterId === undefined || event.clusterId === filter.clusterId) &&
    has(filter.object, [event.text, event.vmName]) &&
    has(filter.text, [event.text])
  );
}

function has(part: string | undefined, texts: readonly (string | undefined)[]): boolean {
  if (part === undefined || part === '') return true;
  const wanted = part.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted) ?? false);
}
