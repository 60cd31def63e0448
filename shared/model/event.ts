import { z } from 'zod';
import { clusterIdSchema, hostIdSchema, taskIdSchema, vmIdSchema } from './ids.ts';
import { vmStateReasonSchema, vmStateSchema } from './vm.ts';

/** What the console saw happen, whoever caused it: the operator here, another one, the guest, a fault. */
export const activityEventKinds = [
  'vm-started',
  'vm-stopped',
  'vm-paused',
  'vm-resumed',
  'vm-suspended',
  'vm-moved',
  'vm-appeared',
  'vm-gone',
  'host-lost',
  'host-back',
] as const;

/** What stands beside tasks in the activity would be said twice or be no news: it is a VM's history, or a chart's tick. */
const otherEventKinds = [
  /** It was there when its host first told what it has. */
  'vm-seen',
  /** On the way of a task, or in no way that has a name of its own. */
  'vm-changed',
  /** Drover did not run, or the host did not answer, since `since`. */
  'vm-unwatched',
  'task-done',
  'task-failed',
  'task-cancelled',
] as const;

/** Where a VM was and how. The host's name is kept as it was: the host may be removed by now. */
export const vmStandingSchema = z
  .object({
    hostId: hostIdSchema,
    hostName: z.string(),
    state: vmStateSchema,
    reason: vmStateReasonSchema,
  })
  .readonly();

const event = z.object({
  /** Grows with time, also as text. */
  id: z.string(),
  /** Wall clock, milliseconds; when it was seen, which may be later than it happened. */
  at: z.number(),
  /** The same moment by the cluster's own clock. */
  clusterAt: z.number(),
  kind: z.enum([...activityEventKinds, ...otherEventKinds]),
  clusterId: clusterIdSchema,
  /** Of a move: from, then to. */
  hostIds: z.array(hostIdSchema).readonly(),
  vmId: vmIdSchema.exactOptional(),
  vmName: z.string().exactOptional(),
  /** A whole sentence that names the object. */
  text: z.string(),
  /** The task that caused it, where one worked on the VM; of the end of a task, that task. */
  taskId: taskIdSchema.exactOptional(),
  /** From one standing to another; one that appeared has no first, one that is gone no second. */
  from: vmStandingSchema.exactOptional(),
  to: vmStandingSchema.exactOptional(),
  /** By the cluster's clock. */
  since: z.number().exactOptional(),
});

/** What is kept of everything that happens: in history.db, by the one recorder. */
export const eventSchema = event.readonly();
/** What of it stands in the activity. */
export const activityEventSchema = event.extend({ kind: z.enum(activityEventKinds) }).readonly();

export type ActivityEventKind = (typeof activityEventKinds)[number];
export type VmStanding = z.infer<typeof vmStandingSchema>;
export type Event = z.infer<typeof eventSchema>;
export type EventKind = Event['kind'];
export type ActivityEvent = z.infer<typeof activityEventSchema>;

export function isActivityEvent(one: Event): one is ActivityEvent {
  return activityEventKinds.some((kind) => kind === one.kind);
}
