import { z } from 'zod';
import { hostIdSchema } from '#shared/model/ids.ts';

export const defineArgumentsSchema = z.object({
  uuid: z.string(),
  name: z.string(),
  hostId: hostIdSchema,
  hostName: z.string(),
});
export type DefineArguments = z.infer<typeof defineArgumentsSchema>;
