import { DroverError } from '#shared/contract/errors.ts';
import { askHost, type MigrationContext, messageOf, requireDriver, settleOutcome } from '../ends.ts';
import { figuresOf, figuresSchema } from '../figures.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { reachedBy } from '../reached.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { doneMemo, verdictOf } from './probeMoving.ts';
import { tokenOf } from './reserve.ts';

export const activateMemoSchema = stationMemoSchema.extend(figuresSchema.shape);

/** Step 5: the original goes (Confirm); one definition remains. */
export const activate = defineStation({
  station: 'activate',
  memo: activateMemoSchema,
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
        context.log('warning', `The source did not end its copy by itself: ${messageOf(thrown)}`);
      }
    }
    await environment.onPhase('confirm', 'after');
    await removeOriginal(context, input);
    await keepImages(context, input);
    return figuresOf(environment);
  },
  // The VM runs at the destination: there is nothing to go back to.
  undo: async () => undefined,
  /** Here asking and removing are one: as long as the original may be there, the task is not over. */
  async probe(context, input, facts) {
    const outcome = await settleOutcome(context, input, reachedBy(facts));
    if (outcome.at !== 'destination') {
      const verdict = verdictOf(context, outcome, input);
      return verdict.verdict === 'over' ? verdict : { verdict: 'unknown', finding: outcome.finding };
    }
    const source = await askHost(context, input.fromHostId, input.uuid);
    if (source.kind === 'silent' && !source.declaredDead) {
      return {
        verdict: 'unknown',
        finding: `${outcome.finding} ${input.fromHostName} does not answer; Drover removes its old copy when it does.`,
      };
    }
    if (source.kind !== 'silent') await removeOriginal(context, input);
    await keepImages(context, input);
    return {
      verdict: 'done',
      memo: { ...doneMemo(context), ...figuresOf(context.environment) },
      finding: outcome.finding,
    };
  },
});

/**
 * Ends and undefines what is left at the source, if anything; only while the destination has the VM, and never one
 * that runs. Throws where either is silent.
 */
async function removeOriginal(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const tried = `Remove the original of ${input.vmName} from ${input.fromHostName}`;
  const driver = requireDriver(context, input.fromHostId, input.fromHostName, tried);
  const left = await driver.domains.describe(input.uuid);
  if (left === undefined) return;
  const outcome = await settleOutcome(context, input, reachedBy(context.facts()));
  if (outcome.at !== 'destination') {
    throw new DroverError({ code: 'undecided', tried, cause: outcome.finding, next: 'Look at both hosts' });
  }
  const before = await driver.domains.state(input.uuid);
  if (before?.state === 'paused') await driver.domains.destroy(input.uuid);
  const after = await driver.domains.describe(input.uuid);
  if (after?.state === 'active') {
    throw new DroverError({
      code: 'undecided',
      tried,
      cause: `it runs there, although it has moved to ${input.toHostName}`,
      next: 'Stop one of the two by hand',
    });
  }
  if (after?.persistent === true) await driver.domains.undefine(input.uuid);
  context.log('info', `The original on ${input.fromHostName} was removed.`);
}

/** What was copied is the VM's own now. A second name that stays behind harms nothing but is said. */
async function keepImages(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const driver = context.environment.hosts.driver(input.toHostId);
  for (const { path } of input.createImages) {
    await driver?.storage.keepImage(path, tokenOf(context)).catch((thrown: unknown) => {
      context.log('warning', `The mark beside ${path} could not be removed: ${messageOf(thrown)}`);
    });
  }
}
