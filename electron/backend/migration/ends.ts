import { DroverError } from '#shared/contract/errors.ts';
import type { HostId } from '#shared/model/ids.ts';
import { pause, pauseBetweenLooks } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { StepContext } from '../tasks/step.ts';
import { disksTouched } from './diskStamps.ts';
import { type MigrationEnvironment, mayFinish, senderIdle } from './environment.ts';
import { lookAtJob } from './jobWatch.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { decideOutcome, type HostWord, mayKnow, type Outcome, type Reached } from './outcome.ts';
import { isDueForPostCopy, switchToPostCopy } from './postCopy.ts';
import { postCopyAsked } from './reached.ts';
import { reunite } from './reunite.ts';

export type MigrationContext = StepContext<MigrationEnvironment>;
export type SettledOutcome = Exclude<Outcome, { at: 'moving' | 'split' }>;

/** A host that holds its breath for this long is taken for silent. */
const askDeadlineMs = 8000;
const lookAgainMs = 300;
/** "It is nowhere" is believed when both hosts have said so twice, this far apart. */
const sureAfterMs = 2000;
/** A connection that was cut is back within this, as a rule: nobody is told of a doubt that is gone so soon. */
const graceMs = 5000;
/** After this the task says that it is undecided, and asks again later. */
const patienceMs = 60_000;

export function requireDriver(context: OnHosts, id: HostId, name: string, tried: string): HostDriver {
  const driver = context.environment.hosts.driver(id);
  if (driver !== undefined) return driver;
  throw new DroverError({ code: 'not-found', tried, cause: `${name} was removed from Drover meanwhile` });
}

/** All that asking a host takes. */
type OnHosts = { readonly environment: Pick<MigrationEnvironment, 'hosts'> };

/**
 * What a host says of the domain just now; a failure to answer is an answer too. The job is asked for first: after a
 * restart of libvirtd that question waits until it has found out what became of the domain.
 */
export async function askHost(context: OnHosts, id: HostId, uuid: string): Promise<HostWord> {
  const { hosts } = context.environment;
  const driver = hosts.driver(id);
  const silent: HostWord = { kind: 'silent', declaredDead: hosts.declaredDead(id) };
  if (driver === undefined || driver.link().state !== 'connected') return silent;
  try {
    const job = await driver.migration.job(uuid, { deadlineMs: askDeadlineMs });
    const state = await driver.domains.state(uuid, { deadlineMs: askDeadlineMs });
    if (state === undefined) return { kind: 'absent' };
    const held = job?.state === 'active' ? 'outgoing' : job?.state === 'incoming' ? 'incoming' : 'none';
    return { kind: 'present', ...state, job: held };
  } catch {
    return silent;
  }
}

/** A connection that was cut just now is given a moment to come back. */
export async function askDestinationPatiently(
  context: MigrationContext,
  input: MigrationArguments,
): Promise<HostWord> {
  const { clock } = context.environment;
  const until = clock.elapsed() + graceMs;
  for (;;) {
    const word = await askHost(context, input.toHostId, input.uuid);
    if (!mayKnow(word) || worldLost(context, input) || clock.elapsed() > until) return word;
    await beforeNextLook(context, input);
  }
}

async function askBoth(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
  goOn: boolean,
): Promise<Outcome> {
  const [source, destination] = await Promise.all([
    askHost(context, input.fromHostId, input.uuid),
    askHost(context, input.toHostId, input.uuid),
  ]);
  const facts = {
    vmName: input.vmName,
    sourceName: input.fromHostName,
    destinationName: input.toHostName,
    source,
    destination,
    reached,
    mayFinish: goOn && !context.signal.aborted && mayFinish(context.environment),
    senderIdle: senderIdle(context.environment),
    postCopyAsked: postCopyAsked(context.facts()),
  };
  const outcome = decideOutcome({ ...facts, disks: 'unknown' });
  const isDoubtful = outcome.at === 'source' && outcome.resume && reached === 'finishing';
  return isDoubtful ? decideOutcome({ ...facts, disks: await disksTouched(context, input) }) : outcome;
}

/**
 * Asks both hosts until the VM is no longer on its way by itself. A transfer that nobody could bring to its end (the
 * connection that holds the incoming copy is gone, or the operator has cancelled) is aborted at the source.
 */
export async function settleOutcome(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
  goOn = true,
): Promise<SettledOutcome> {
  const { clock } = context.environment;
  let until = clock.elapsed() + patienceMs;
  const graceUntil = clock.elapsed() + graceMs;
  let missingSince: number | undefined;
  for (;;) {
    const outcome = await askBoth(context, input, reached, goOn);
    switch (outcome.at) {
      case 'nowhere':
        missingSince ??= clock.elapsed();
        if (clock.elapsed() - missingSince >= sureAfterMs) return outcome;
        break;
      case 'moving':
        // As long as something flows it is neither over nor in doubt, however long it takes.
        if (await follow(context, input, reached, goOn)) until = clock.elapsed() + patienceMs;
        break;
      case 'split': {
        const trouble = await reunite(context, input);
        if (trouble !== undefined) {
          return { at: 'undecided', waitFor: 'both', finding: `${outcome.finding} ${trouble}` };
        }
        break;
      }
      case 'undecided':
        if (outcome.waitFor === 'person' || clock.elapsed() > graceUntil) return outcome;
        if (worldLost(context, input)) return outcome;
        break;
      default:
        return outcome;
    }
    if (outcome.at !== 'nowhere') missingSince = undefined;
    if (clock.elapsed() > until) return { at: 'undecided', waitFor: 'both', finding: outcome.finding };
    await beforeNextLook(context, input);
  }
}

/** Cut short by a cancel; and where a simulated world is lost, since its clock stands until somebody starts it again. */
async function beforeNextLook(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const { clock, hosts } = context.environment;
  const over = new AbortController();
  const end = hosts.watch([input.fromHostId, input.toHostId], () => {
    if (worldLost(context, input)) over.abort();
  });
  const signals = context.signal.aborted ? [over.signal] : [over.signal, context.signal];
  try {
    if (!worldLost(context, input)) await pauseBetweenLooks(clock, lookAgainMs, AbortSignal.any(signals));
  } finally {
    end();
  }
}

const worldLostCodes: readonly string[] = ['world-stopped', 'world-unusable'];

/** Neither host answers because the process that simulates them is gone: no time passes in which they could. */
function worldLost({ environment }: MigrationContext, input: MigrationArguments): boolean {
  return [input.fromHostId, input.toHostId].some((id) => {
    const link = environment.hosts.driver(id)?.link();
    return link?.state === 'unreachable' && worldLostCodes.includes(link.error.code);
  });
}

/** One look at a migration that goes on by itself; whether more has been sent since the look before. */
async function follow(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
  goOn: boolean,
): Promise<boolean> {
  const { environment } = context;
  const source = environment.hosts.driver(input.fromHostId);
  if (source?.link().state !== 'connected') return false;
  const isHopeless = !goOn || context.signal.aborted || !mayFinish(environment);
  try {
    const state = await source.domains.state(input.uuid, { deadlineMs: askDeadlineMs });
    const isHere = reached === 'post-copy' && state?.state === 'active';
    if (isHopeless && (reached === 'before-finish' || isHere)) {
      await source.migration.abort(input.uuid, { deadlineMs: askDeadlineMs });
      return false;
    }
    const sentBefore = environment.progress.memorySentBytes;
    const job = await lookAtJob(context, input);
    if (job?.state !== 'active') return false;
    // A switch whose answer was lost has not come about where the guest still runs here.
    if (state?.state === 'active') environment.postCopySwitched = false;
    if (isDueForPostCopy(context, input, job)) await switchToPostCopy(context, input);
    return job.memorySentBytes > sentBefore;
  } catch {
    // It has ended meanwhile, or does not answer: the next look tells.
    return false;
  }
}

/**
 * Leaves exactly one copy, at the source: the transfer is ended, then the incoming copy, and only when that is seen to
 * be gone is the source's let go on. Throws where a host that has to be asked is silent, so that it is tried again.
 */
export async function returnToSource(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
): Promise<void> {
  const tried = `Take back the migration of ${input.vmName}`;
  await endTransfer(context, input, reached);
  await endIncoming(context, reached);
  const outcome = await settleOutcome(context, input, reached, false);
  switch (outcome.at) {
    case 'source':
      if (outcome.endDestination) await destroyIncoming(context, input);
      await endOutgoing(context);
      if (outcome.resume) await resumeAtSource(context, input);
      return;
    case 'nowhere':
      return;
    case 'destination':
    case 'ready':
    case 'undecided':
      throw new DroverError({
        code: 'undecided',
        tried,
        cause: outcome.finding,
        next: 'It is tried again when that host answers',
      });
    default:
      outcome satisfies never;
  }
}

/** While the source still sends, neither end may be told that it is over. */
async function endTransfer(
  context: MigrationContext,
  input: MigrationArguments,
  reached: Reached,
): Promise<void> {
  const { environment } = context;
  const { performing, clock } = environment;
  if (performing === undefined || senderIdle(environment)) return;
  const source = requireDriver(context, input.fromHostId, input.fromHostName, 'End the transfer');
  if (reached === 'before-finish') {
    await source.migration.abort(input.uuid, { deadlineMs: askDeadlineMs }).catch(() => undefined);
  }
  const ended = new AbortController();
  void performing.then(() => ended.abort());
  await pause(clock, patienceMs, ended.signal);
  if (ended.signal.aborted) return;
  throw new DroverError({
    code: 'timed-out',
    tried: `End the transfer of ${input.vmName}`,
    cause: `${input.fromHostName} did not end it within ${patienceMs / 1000} s`,
    next: 'It is tried again',
  });
}

/**
 * Over the session that made it: libvirt then clears away everything of it. Never once the destination may have been
 * told to start the guest: what runs there is then no incoming copy any more.
 */
async function endIncoming({ environment }: MigrationContext, reached: Reached): Promise<void> {
  const { destination, prepared, settings } = environment;
  if (reached === 'finishing' || reached === 'finished') return;
  environment.prepared = undefined;
  if (destination === undefined || prepared === undefined || settings === undefined) return;
  try {
    await destination.finish(settings, prepared, true, { deadlineMs: askDeadlineMs });
  } catch {
    // Cancelled, it answers that no such domain runs, which is what was wanted. If it has not done it, the look tells.
  }
}

/** Tells the source that nothing comes of it; libvirt resumes the guest there if it had been stopped. */
async function endOutgoing({ environment }: MigrationContext): Promise<void> {
  const { source, settings, begun } = environment;
  environment.begun = undefined;
  if (source === undefined || settings === undefined || begun === undefined) return;
  try {
    await source.confirm(settings, new Uint8Array(), true, { deadlineMs: askDeadlineMs });
  } catch {
    // A transfer that failed has ended the migration there by itself.
  }
}

async function resumeAtSource(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const source = requireDriver(context, input.fromHostId, input.fromHostName, `Resume ${input.vmName}`);
  const state = await source.domains.state(input.uuid, { deadlineMs: askDeadlineMs });
  // Told that nothing comes of it, libvirt has resumed it by itself.
  if (state?.state !== 'paused' || state.reason !== 'migration') return;
  await source.domains.resume(input.uuid);
  context.log('info', `${input.vmName} runs again on ${input.fromHostName}.`);
}

/** An incoming copy that has never run and that no session holds any more; seen to be gone afterwards, or it throws. */
export async function destroyIncoming(
  context: OnHosts & Pick<MigrationContext, 'log'>,
  input: Pick<MigrationArguments, 'uuid' | 'vmName' | 'toHostId' | 'toHostName'>,
): Promise<void> {
  const tried = `End the copy of ${input.vmName} that waits on ${input.toHostName}`;
  const driver = requireDriver(context, input.toHostId, input.toHostName, tried);
  const before = await askHost(context, input.toHostId, input.uuid);
  if (before.kind === 'present' && before.state === 'paused') {
    await driver.domains.destroy(input.uuid).catch(() => undefined);
  }
  const after = await askHost(context, input.toHostId, input.uuid);
  if (after.kind === 'absent' || (after.kind === 'present' && after.state === 'inactive')) {
    context.log('info', `The copy that waited on ${input.toHostName} was ended.`);
    return;
  }
  throw new DroverError({
    code: 'undecided',
    tried,
    cause: after.kind === 'silent' ? `${input.toHostName} does not answer` : `it is ${after.state} there`,
    next: 'It is tried again',
  });
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
