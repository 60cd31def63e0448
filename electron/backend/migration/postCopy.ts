import { toErrorData } from '#shared/contract/errors.ts';
import type { MigrationJob } from '#shared/model/migrationJob.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { StepContext } from '../tasks/step.ts';
import type { MigrationEnvironment } from './environment.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { destinationLost } from './steps/phaseFailure.ts';

type Context = StepContext<MigrationEnvironment>;

/** The first full pass is over once the second round begins; what changes after that is what post-copy is for. */
const fromRound = 2;
const deadlineMs = 5000;

/** It was asked for, its time has come, and nobody has switched yet or wants to end it all. */
export function isDueForPostCopy(
  { environment, signal }: Context,
  { options }: MigrationArguments,
  job: MigrationJob,
): boolean {
  return (
    options.postCopy && !environment.postCopySwitched && !signal.aborted && (job.round ?? 1) >= fromRound
  );
}

/** Over the control connection, so that it can be done also where the one that sends was lost. */
export async function switchToPostCopy(context: Context, input: MigrationArguments): Promise<void> {
  const { environment, log } = context;
  const source = environment.hosts.driver(input.fromHostId);
  if (source?.link().state !== 'connected') return;
  // Journalled before it is asked for: whoever comes after a crash must know that there may be no way back.
  await context.journal({ reached: 'post-copy' });
  context.refuseCancel(
    `${input.vmName} was switched to post-copy: its memory lies on both hosts, and only going on can bring it together.`,
  );
  environment.postCopySwitched = true;
  await environment.onPhase('post-copy', 'before');
  try {
    await askDestination(environment, input);
    await source.migration.startPostCopy(input.uuid, { deadlineMs });
    environment.progress = { ...environment.progress, postCopyActive: true };
    log('info', `Switched to post-copy: ${input.vmName} goes on at ${input.toHostName}.`);
  } catch (thrown) {
    await refused(context, input, source, thrown);
  }
}

/**
 * Until the destination was told to start the guest, libvirt ends the incoming copy when its session ends, which after
 * the switch would be the end of the VM: so it is asked at the last moment.
 */
async function askDestination(environment: MigrationEnvironment, input: MigrationArguments): Promise<void> {
  const { destination } = environment;
  if (destination === undefined) throw destinationLost(input);
  await destination.answers({ deadlineMs });
}

/** An answer that was lost may have been a yes. Where the guest still runs at the source it was a no. */
async function refused(
  { environment, log, refuseCancel }: Context,
  input: MigrationArguments,
  source: HostDriver,
  thrown: unknown,
): Promise<void> {
  log('warning', `Not switched to post-copy: ${toErrorData(thrown).message}`);
  if (!(await runsAt(source, input.uuid))) return;
  environment.postCopySwitched = false;
  refuseCancel(undefined);
  // What had arrived went with the session; otherwise the switch is tried again at the next look.
  if (environment.destination === undefined) destinationGone({ environment, log }, input);
}

/**
 * What had arrived is gone, so nothing can come of the transfer, which could wait for its dead end for a quarter of an
 * hour. Once QEMU is in post-copy it is only stopped: libvirt refuses to abort it then.
 */
export function destinationGone(
  { environment, log }: Pick<Context, 'environment' | 'log'>,
  input: MigrationArguments,
): void {
  if (environment.performed) return;
  const migration = environment.hosts.driver(input.fromHostId)?.migration;
  const ended = environment.postCopySwitched
    ? migration?.pausePostCopy(input.uuid).catch(() => migration.abort(input.uuid))
    : migration?.abort(input.uuid);
  ended?.catch((thrown: unknown) => {
    if (environment.performed) return;
    log('warning', `The transfer could not be ended yet: ${toErrorData(thrown).message}`);
  });
}

async function runsAt(host: HostDriver, uuid: string): Promise<boolean> {
  try {
    return (await host.domains.state(uuid, { deadlineMs }))?.state === 'active';
  } catch {
    return false;
  }
}
