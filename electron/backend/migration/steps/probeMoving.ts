import type { ProbeVerdict } from '../../tasks/step.ts';
import { type MigrationContext, type SettledOutcome, settleOutcome } from '../ends.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { reachedBy } from '../reached.ts';

export async function probeMoving(
  context: MigrationContext,
  input: MigrationArguments,
  facts: readonly unknown[],
): Promise<ProbeVerdict> {
  return verdictOf(context, await settleOutcome(context, input, reachedBy(facts)), input);
}

/** What the decision means for a step that lies before the commit's end. */
export function verdictOf(
  context: MigrationContext,
  outcome: SettledOutcome,
  input: MigrationArguments,
): ProbeVerdict {
  switch (outcome.at) {
    case 'source':
      return { verdict: 'not-done', finding: outcome.finding };
    case 'ready':
      arrived(context);
      return { verdict: 'done', memo: doneMemo(context), finding: outcome.finding };
    case 'destination':
      return { verdict: 'done', memo: doneMemo(context), finding: outcome.finding };
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

export function doneMemo({ environment }: MigrationContext): { readonly durationMs: number } {
  return { durationMs: Math.round(environment.clock.elapsed() - environment.stationStartedAt) };
}

/**
 * The call that sent everything lost its answer, and the destination holds all of it: the next stations go on as if it
 * had come. The cookie that is lost with it carried figures and the definition as it is on disk, nothing vital.
 */
function arrived({ environment }: MigrationContext): void {
  const cookie = new Uint8Array();
  environment.performing = Promise.resolve({ ok: true, cookie });
  environment.performed = true;
  environment.performEndedAt ??= environment.clock.elapsed();
  // What it holds is the destination's own cookie, which Finish would take for a migration onto itself.
  if (environment.prepared !== undefined) environment.prepared = { ...environment.prepared, cookie };
}
