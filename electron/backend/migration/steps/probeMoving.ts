import { z } from 'zod';
import type { ProbeVerdict } from '../../tasks/step.ts';
import { type MigrationContext, settleOutcome } from '../ends.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import type { Outcome, Reached } from '../outcome.ts';

const reachedFactSchema = z.object({ reached: z.enum(['post-copy', 'finishing', 'finished']) });

/** How far the journal says that it got. */
export function reachedBy(facts: readonly unknown[]): Reached {
  const last = facts.flatMap((fact) => reachedFactSchema.safeParse(fact).data?.reached ?? []).at(-1);
  return last ?? 'before-finish';
}

export async function probeMoving(
  context: MigrationContext,
  input: MigrationArguments,
  facts: readonly unknown[],
): Promise<ProbeVerdict> {
  return verdictOf(await settleOutcome(context, input, reachedBy(facts)), input);
}

/** What the decision means for a step that lies before the commit's end. */
export function verdictOf(
  outcome: Exclude<Outcome, { at: 'moving' }>,
  input: MigrationArguments,
): ProbeVerdict {
  switch (outcome.at) {
    case 'source':
      return { verdict: 'not-done', finding: outcome.finding };
    case 'destination':
      return { verdict: 'done', memo: { durationMs: 0 }, finding: outcome.finding };
    case 'undecided':
      return { verdict: 'unknown', finding: outcome.finding };
    case 'nowhere':
      return {
        verdict: 'over',
        finding: outcome.finding,
        error: {
          code: 'vm-lost',
          message: `Migrate ${input.vmName} from ${input.fromHostName} to ${input.toHostName}: ${outcome.finding}`,
        },
      };
    default:
      return outcome satisfies never;
  }
}
