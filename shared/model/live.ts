import { z } from 'zod';
import { activityEventSchema } from './event.ts';
import { hostSchema } from './host.ts';
import { clusterIdSchema, hostIdSchema, taskIdSchema, vmIdSchema } from './ids.ts';
import { physicalClusterSchema } from './physicalCluster.ts';
import { taskSchema } from './task.ts';
import { vmSchema } from './vm.ts';

/** Everything a client keeps: sent whole once, then as numbered patches. */
export const liveStateSchema = z
  .object({
    clusters: z.array(physicalClusterSchema).readonly(),
    hosts: z.array(hostSchema).readonly(),
    vms: z.array(vmSchema).readonly(),
    /** Those that run or are undecided, and the latest hundred that ended. */
    tasks: z.array(taskSchema).readonly(),
    /** The latest hundred, oldest first; older ones are asked for (`activity.list`). */
    events: z.array(activityEventSchema).readonly(),
  })
  .readonly();

/** One entity, whole, or its removal. */
export const livePatchSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cluster'), value: physicalClusterSchema }).readonly(),
  z.object({ kind: z.literal('host'), value: hostSchema }).readonly(),
  z.object({ kind: z.literal('vm'), value: vmSchema }).readonly(),
  z.object({ kind: z.literal('task'), value: taskSchema }).readonly(),
  z.object({ kind: z.literal('event'), value: activityEventSchema }).readonly(),
  z.object({ kind: z.literal('cluster-gone'), id: clusterIdSchema }).readonly(),
  z.object({ kind: z.literal('host-gone'), id: hostIdSchema }).readonly(),
  z.object({ kind: z.literal('vm-gone'), id: vmIdSchema }).readonly(),
  z.object({ kind: z.literal('task-gone'), id: taskIdSchema }).readonly(),
]);

/**
 * `sequence` grows by one a message. A client that sees a gap drops what it has and asks again for a snapshot.
 * At most four messages a second reach a client; what changes faster is sent once, as it last was.
 */
export const liveMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), sequence: z.number().int(), state: liveStateSchema }).readonly(),
  z
    .object({
      kind: z.literal('patches'),
      sequence: z.number().int(),
      patches: z.array(livePatchSchema).readonly(),
    })
    .readonly(),
]);

export type LiveState = z.infer<typeof liveStateSchema>;
export type LivePatch = z.infer<typeof livePatchSchema>;
export type LiveMessage = z.infer<typeof liveMessageSchema>;
