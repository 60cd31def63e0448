import { z } from 'zod';
import type { DomainState, HostState } from '../state/state.ts';

const cookieSchema = z.object({ host: z.string(), uuid: z.string(), name: z.string() });

/** What the phases tell each other of where the migration comes from. Whoever carries it need not read it. */
export function cookieOf(host: HostState, { uuid, definition }: DomainState): string {
  return JSON.stringify({ host: host.name, uuid, name: definition.name });
}

/** undefined where it was lost on the way: it carries nothing vital. */
export function readCookie(text: string): z.infer<typeof cookieSchema> | undefined {
  try {
    return cookieSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
