import { z } from 'zod';
import { errorDataSchema } from '#shared/contract/errors.ts';

/** How a simulated world is started on this machine, as the backend takes it. */
const worldProgramSchema = z.object({
  command: z.string(),
  words: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
});
export type WorldStart = z.infer<typeof worldProgramSchema>;

/** What the shell tells the backend process. `begin` comes first, once; a `connect` carries one MessagePort. */
export const toBackendSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('begin'),
    secrets: z.record(z.string(), z.string()),
    worldProgram: worldProgramSchema,
  }),
  z.object({ type: z.literal('connect') }),
  z.object({ type: z.literal('count-tasks'), id: z.number() }),
  z.object({ type: z.literal('stop') }),
]);
export type ToBackend = z.infer<typeof toBackendSchema>;

/** What the backend process tells the shell. */
export const fromBackendSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('running') }),
  /** It cannot start, and starting it again would not help until something else has changed. */
  z.object({ type: z.literal('failed'), error: errorDataSchema }),
  z.object({ type: z.literal('task-count'), id: z.number(), count: z.number().int() }),
  z.object({ type: z.literal('remember'), name: z.string(), secret: z.string() }),
  z.object({ type: z.literal('forget'), name: z.string() }),
]);
export type FromBackend = z.infer<typeof fromBackendSchema>;
