import { z } from 'zod';
import { errorDataSchema } from '#shared/contract/errors.ts';

/** What the shell tells the backend process. A `connect` carries one MessagePort. */
export const toBackendSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connect') }),
  z.object({ type: z.literal('count-tasks'), id: z.number() }),
  z.object({ type: z.literal('stop') }),
  z.object({
    type: z.literal('secret'),
    id: z.number(),
    value: z.string().optional(),
    problem: z.string().optional(),
  }),
]);
export type ToBackend = z.infer<typeof toBackendSchema>;

const secretQuestionSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('get'), name: z.string() }),
  z.object({ verb: z.literal('set'), name: z.string(), value: z.string() }),
  z.object({ verb: z.literal('delete'), name: z.string() }),
]);
export type SecretQuestion = z.infer<typeof secretQuestionSchema>;

/** What the backend process tells the shell. */
export const fromBackendSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('running') }),
  /** It cannot start, and starting it again would not help until something else has changed. */
  z.object({ type: z.literal('failed'), error: errorDataSchema }),
  z.object({ type: z.literal('task-count'), id: z.number(), count: z.number().int() }),
  z.object({ type: z.literal('secret'), id: z.number(), question: secretQuestionSchema }),
  z.object({ type: z.literal('stopped') }),
]);
export type FromBackend = z.infer<typeof fromBackendSchema>;
