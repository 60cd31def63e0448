import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { vmStandingSchema } from './event.ts';
import { taskIdSchema } from './ids.ts';
import { requesterSchema, taskStateSchema } from './task.ts';

/** From one standing to another, when Drover saw it. */
export const vmChangeSchema = z
  .object({ at: z.number(), from: vmStandingSchema, to: vmStandingSchema })
  .readonly();

export const historyTaskSchema = z
  .object({
    id: taskIdSchema,
    kind: z.string(),
    title: z.string(),
    state: taskStateSchema,
    requestedBy: requesterSchema,
    outcome: z.string().exactOptional(),
    error: errorDataSchema.exactOptional(),
  })
  .readonly();

/** What happened to one VM; times are of its cluster's clock. */
export const vmHistoryEntrySchema = z.discriminatedUnion('kind', [
  /** Somebody asked Drover for something; `changes` is what came of it, oldest first. `at` is its end, or now. */
  z
    .object({
      kind: z.literal('task'),
      at: z.number(),
      task: historyTaskSchema,
      changes: z.array(vmChangeSchema).readonly(),
    })
    .readonly(),
  /** Nobody asked this Drover for it. */
  z.object({ kind: z.literal('change'), at: z.number(), change: vmChangeSchema }).readonly(),
  /** Drover first knew of it. */
  z.object({ kind: z.literal('seen'), at: z.number(), standing: vmStandingSchema }).readonly(),
  /** Its host answered and had it no more. */
  z.object({ kind: z.literal('gone'), at: z.number(), from: vmStandingSchema }).readonly(),
  /** Drover did not run, or the host did not answer; `at` is when it knew again. */
  z.object({ kind: z.literal('gap'), at: z.number(), since: z.number(), hostName: z.string() }).readonly(),
]);

export const vmHistorySchema = z
  .object({
    /** Newest first. */
    entries: z.array(vmHistoryEntrySchema).readonly(),
    /** Where the older ones begin; absent where there are none. */
    before: z.number().exactOptional(),
  })
  .readonly();

export type VmChange = z.infer<typeof vmChangeSchema>;
export type HistoryTask = z.infer<typeof historyTaskSchema>;
export type VmHistoryEntry = z.infer<typeof vmHistoryEntrySchema>;
export type VmHistory = z.infer<typeof vmHistorySchema>;
