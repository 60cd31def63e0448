import { askHost, type MigrationContext, messageOf, requireDriver, settleOutcome } from '../ends.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { reachedBy, verdictOf } from './probeMoving.ts';

/** Step 5: the original goes (Confirm); one definition remains. */
export const activate = defineStation({
  station: 'activate',
  memo: stationMemoSchema,
  detail: (input) => `Removing the original of ${input.vmName} from ${input.fromHostName}`,
  async do(context, input) {
    const { environment } = context;
    const { source, settings, finished } = environment;
    context.refuseCancel(
      `${input.vmName} runs on ${input.toHostName} already; only the original is left to remove.`,
    );
    await environment.onPhase('confirm', 'before');
    if (source !== undefined && settings !== undefined && finished !== undefined) {
      try {
        await source.confirm(settings, finished.cookie, false);
      } catch (thrown) {
        context.log('warning', `The source did not confirm by itself: ${messageOf(thrown)}`);
      }
    }
    await removeOriginal(context, input);
    await environment.onPhase('confirm', 'after');
    return {};
  },
  // The VM runs at the destination: there is nothing to go back to.
  undo: async () => undefined,
  /** Here asking and removing are one: as long as the original may be there, the task is not over. */
  async probe(context, input, facts) {
    const outcome = await settleOutcome(context, input, reachedBy(facts));
    if (outcome.at !== 'destination') {
      return outcome.at === 'source'
        ? { verdict: 'unknown', finding: outcome.finding }
        : verdictOf(outcome, input);
    }
    const source = await askHost(context, input.fromHostId, input.uuid);
    if (source.kind === 'silent') {
      if (source.declaredDead) return { verdict: 'done', memo: { durationMs: 0 }, finding: outcome.finding };
      return {
        verdict: 'unknown',
        finding: `${outcome.finding} ${input.fromHostName} does not answer; Drover removes its old copy when it does.`,
      };
    }
    await removeOriginal(context, input);
    return { verdict: 'done', memo: { durationMs: 0 }, finding: outcome.finding };
  },
});

/**
 * Ends and undefines what is left at the source, if anything; only while the destination says that it runs there.
 * Throws where either is silent.
 */
async function removeOriginal(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const tried = `Remove the original of ${input.vmName} from ${input.fromHostName}`;
  const driver = requireDriver(context, input.fromHostId, input.fromHostName, tried);
  const left = await driver.domains.describe(input.uuid);
  if (left === undefined) return;
  const destination = await askHost(context, input.toHostId, input.uuid);
  if (destination.kind !== 'present' || destination.state !== 'active') {
    throw new Error(`${tried}: ${input.toHostName} does not say that it runs there`);
  }
  if (left.state === 'active' || left.state === 'paused') await driver.domains.destroy(input.uuid);
  if (left.persistent) await driver.domains.undefine(input.uuid);
  context.log('info', `The original on ${input.fromHostName} was removed.`);
}
