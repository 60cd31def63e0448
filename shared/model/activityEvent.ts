import { z } from 'zod';
import { clusterIdSchema, hostIdSchema, taskIdSchema, vmIdSchema } from './ids.ts';

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

export const activityEventSchema = z
  .object({
    /** Grows with time, also as text. */
    id: z.string(),
    /** Wall clock, milliseconds; when it was seen, which may be later than it happened. */
    at: z.number(),
    /** The same moment by the cluster's own clock. */
    clusterAt: z.number(),
    kind: z.enum(activityEventKinds),
    clusterId: clusterIdSchema,
    /** Of a move: from, then to. */
    hostIds: z.array(hostIdSchema).readonly(),
    vmId: vmIdSchema.exactOptional(),
    vmName: z.string().exactOptional(),
    /** A whole sentence that names the object. */
    text: z.string(),
    /** The task that caused it, where one worked on the VM. */
    taskId: taskIdSchema.exactOptional(),
  })
  .readonly();

export type ActivityEventKind = (typeof activityEventKinds)[number];
export type ActivityEvent = z.infer<typeof activityEventSchema>;
