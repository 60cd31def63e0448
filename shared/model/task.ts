import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { taskIdSchema } from './ids.ts';
import { migrationProgressSchema, migrationResultSchema } from './migration.ts';
import { planSubjectSchema } from './plan.ts';

/**
 * `undecided` is not an end: what happened is known to a host that does not answer, and the task resolves
 * itself when it does, or when the operator declares that host dead.
 */
export const taskStateSchema = z.enum([
  'queued',
  'running',
  'cancelling',
  'recovering',
  'undecided',
  'succeeded',
  'failed',
  'cancelled',
]);

export const taskStepStateSchema = z.enum([
  'waiting',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
  'skipped',
]);

export const taskStepSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    reason: z.string(),
    state: taskStepStateSchema,
    /** Wall clock, milliseconds. */
    startedAt: z.number().optional(),
    finishedAt: z.number().optional(),
  })
  .readonly();

export const requesterSchema = z
  .object({
    who: z.string(),
    via: z.enum(['desktop', 'browser', 'command', 'drover']),
    why: z.string().optional(),
  })
  .readonly();

export const taskProgressSchema = z
  .object({
    /** 0 to 1 where it can be said. */
    share: z.number().optional(),
    /** What is happening now, in a sentence. */
    detail: z.string(),
    migration: migrationProgressSchema.optional(),
  })
  .readonly();

export const taskLogLineSchema = z
  .object({ at: z.number(), level: z.enum(['info', 'warning', 'problem']), text: z.string() })
  .readonly();

export const taskSchema = z
  .object({
    id: taskIdSchema,
    kind: z.string(),
    title: z.string(),
    subject: planSubjectSchema,
    requestedBy: requesterSchema,
    state: taskStateSchema,
    createdAt: z.number(),
    startedAt: z.number().optional(),
    finishedAt: z.number().optional(),
    steps: z.array(taskStepSchema).readonly(),
    warnings: z.array(z.string()).readonly(),
    progress: taskProgressSchema.optional(),
    /** Why a cancel would be refused now; absent while it can be cancelled. */
    cancelRefused: z.string().optional(),
    /** One sentence on how it ended: where the VM runs and what was done about it. */
    outcome: z.string().optional(),
    migration: migrationResultSchema.optional(),
    error: errorDataSchema.optional(),
    log: z.array(taskLogLineSchema).readonly(),
  })
  .readonly();

export type TaskState = z.infer<typeof taskStateSchema>;
export type TaskStepState = z.infer<typeof taskStepStateSchema>;
export type TaskStep = z.infer<typeof taskStepSchema>;
export type Requester = z.infer<typeof requesterSchema>;
export type TaskProgress = z.infer<typeof taskProgressSchema>;
export type TaskLogLine = z.infer<typeof taskLogLineSchema>;
export type Task = z.infer<typeof taskSchema>;

const ended: readonly TaskState[] = ['succeeded', 'failed', 'cancelled'];

export function hasEnded(state: TaskState): boolean {
  return ended.includes(state);
}
