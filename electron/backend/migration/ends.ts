import { DroverError } from '#shared/contract/errors.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import { pause } from '../tasks/clock.ts';
import type { StepContext } from '../tasks/step.ts';
import type { MigrationEnvironment } from './environment.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { decideOutcome, type HostWord, type Outcome, type Reached } from './outcome.ts';

export type MigrationContext = StepContext<MigrationEnvironment>;

/** A host that holds its breath for this long is taken for silent. */
const askDeadlineMs = 8000;
const lookAgainMs = 500;
/** A job whose connection is gone ends by itself within this, or somebody has to look. */
const patienceMs = 120_000;

export function requireDriver(
  context: MigrationContext,
  id: HostId,
  name: string,
  tried: string,
): HostDriver {
  const driver = context.environment.hosts.driver(id);
  if (driver !== undefined) return driver;
  throw new DroverError({ code: 'not-found', tried, cause: `${name} was removed from Drover meanwhile` });
}

/** What a host says of the domain just now; a failure to answer is an answer too. */
export async function askHost(context: MigrationContext, id: HostId, uuid: string): Promise<HostWord> {
  const { hosts } = context.environment;
  const silent: HostWord = { kind: 'silent', declaredDead: hosts.declaredDead(id) };
  const driver = hosts.driver(id);
  if (driver === undefined || driver.link().state !== 'connected') return silent;
  try {
    const state = await driver.domains.state(uuid, { deadlineMs: askDeadlineMs });
    if (state === undefined) return { kind: 'absent' };
    const job = await driver.migration.job(uuid, { deadlineMs: askDeadlineMs });
    return { kind: 'present', ...state, job: job?.state === 'active' };
  } catch {
    return silent;
  }
}

/** Asks both hosts until the VM is no longer on its way by itself. */
export async function settleOutcome(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
): Promise<Exclude<Outcome, { at: 'moving' }>> {
  const { clock } = context.environment;
  const until = clock.now() + patienceMs;
  for (;;) {
    const [source, destination] = await Promise.all([
      askHost(context, input.fromHostId, input.uuid),
      askHost(context, input.toHostId, input.uuid),
    ]);
    const outcome = decideOutcome({
      vmName: input.vmName,
      sourceName: input.fromHostName,
      destinationName: input.toHostName,
      source,
      destination,
      reached,
    });
    if (outcome.at !== 'moving') return outcome;
    if (clock.now() > until) return { at: 'undecided', waitFor: 'both', finding: outcome.finding };
    await pause(clock, lookAgainMs, new AbortController().signal);
  }
}

/**
 * Leaves exactly one copy, at the source: the incoming one is ended first, and only then is the source's resumed.
 * Throws where a host that has to be asked is silent, so that the runner tries again.
 */
export async function returnToSource(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
): Promise<void> {
  await endIncoming(context, input);
  await endOutgoing(context);
  const outcome = await settleOutcome(context, input, reached);
  if (outcome.at === 'source' && outcome.endDestination) await destroyIncoming(context, input);
  if (outcome.at === 'source' && outcome.resume) {
    const source = requireDriver(context, input.fromHostId, input.fromHostName, `Resume ${input.vmName}`);
    await source.domains.resume(input.uuid);
    context.log('info', `${input.vmName} runs again on ${input.fromHostName}.`);
  }
  if (outcome.at === 'undecided') {
    throw new DroverError({
      code: 'undecided',
      tried: `Take back the migration of ${input.vmName}`,
      cause: outcome.finding,
      next: 'It is tried again when that host answers',
    });
  }
}

/** Over the session that made it: libvirt then clears away everything of it. */
async function endIncoming(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const { environment } = context;
  const { destination, prepared, settings } = environment;
  environment.prepared = undefined;
  if (destination === undefined || prepared === undefined || settings === undefined) return;
  try {
    await destination.finish(settings, prepared, true, { deadlineMs: askDeadlineMs });
  } catch (thrown) {
    // Cancelled, it answers that no such domain runs, which is what was wanted.
    context.log('info', `${input.toHostName} has let go of its copy (${messageOf(thrown)}).`);
  }
}

/** Tells the source that nothing comes of it; libvirt resumes the guest there if it had been stopped. */
async function endOutgoing(context: MigrationContext): Promise<void> {
  const { environment } = context;
  const { source, settings, begun } = environment;
  environment.begun = undefined;
  if (source === undefined || settings === undefined || begun === undefined) return;
  try {
    await source.confirm(settings, begun.cookie, true, { deadlineMs: askDeadlineMs });
  } catch (thrown) {
    context.log('info', `The source had ended the migration already (${messageOf(thrown)}).`);
  }
}

/** Only after the decision has shown that it does not run: an incoming copy that no session holds any more. */
async function destroyIncoming(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const word = await askHost(context, input.toHostId, input.uuid);
  if (word.kind !== 'present' || word.state !== 'paused') return;
  const destination = requireDriver(
    context,
    input.toHostId,
    input.toHostName,
    `End the copy on ${input.toHostName}`,
  );
  await destination.domains.destroy(input.uuid);
  context.log('info', `The paused copy on ${input.toHostName} was ended.`);
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
