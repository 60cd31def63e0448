import { z } from 'zod';
import { hostIdSchema, vmIdSchema } from '#shared/model/ids.ts';
import { vmActionSchema } from '#shared/model/vmAction.ts';

export const lifecycleArgumentsSchema = z.object({
  vmId: vmIdSchema,
  uuid: z.string(),
  vmName: z.string(),
  hostId: hostIdSchema,
  hostName: z.string(),
  action: vmActionSchema,
  /** Every other host of the cluster: each may hold a running copy. */
  others: z.array(
    z.object({
      id: hostIdSchema,
      name: z.string(),
      /** It may run the VM as far as is known, so its silence is no leave. */
      mustAnswer: z.boolean(),
    }),
  ),
});
export type LifecycleArguments = z.infer<typeof lifecycleArgumentsSchema>;

/** What every step leaves: how it went, in a sentence. */
export const lifecycleMemoSchema = z.object({ outcome: z.string() });
export type LifecycleMemo = z.infer<typeof lifecycleMemoSchema>;
