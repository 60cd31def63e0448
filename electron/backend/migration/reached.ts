import { z } from 'zod';
import type { Reached } from './outcome.ts';

const reachedFactSchema = z.object({ reached: z.enum(['post-copy', 'finishing', 'finished']) });

/** How far the journal says that it got. */
export function reachedBy(facts: readonly unknown[]): Reached {
  return reachedIn(facts).at(-1) ?? 'before-finish';
}

/** Whether the source was about to be switched to post-copy, or was. */
export function postCopyAsked(facts: readonly unknown[]): boolean {
  return reachedIn(facts).includes('post-copy');
}

function reachedIn(facts: readonly unknown[]): readonly Reached[] {
  return facts.flatMap((fact) => reachedFactSchema.safeParse(fact).data?.reached ?? []);
}
