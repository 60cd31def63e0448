import { DroverError } from '#shared/contract/errors.ts';
import { pauseBetweenLooks } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { MigrationDestination, MigrationSource } from '../drivers/migration.ts';
import type { StepContext } from '../tasks/step.ts';
import { type MigrationEnvironment, settingsOf } from './environment.ts';
import type { MigrationArguments } from './migrationArguments.ts';

const movingLookMs = 1500;
const never = new AbortController().signal;

/**
 * Brings the two ends of a broken post-copy together: libvirt's five phases once more, told to take up what is there
 * (VIR_MIGRATE_POSTCOPY_RESUME, libvirt 8.5). undefined: it moves again, or had not stopped; otherwise why not yet.
 */
export async function reunite(
  context: StepContext<MigrationEnvironment>,
  input: MigrationArguments,
): Promise<string | undefined> {
  const { environment } = context;
  const from = environment.hosts.driver(input.fromHostId);
  const to = environment.hosts.driver(input.toHostId);
  if (from === undefined || to === undefined) return 'One of the hosts was removed from Drover.';
  try {
    if (await stillMoves(environment, from, input)) return undefined;
    context.log('info', `Bringing the two parts of ${input.vmName}'s memory together again.`);
    // Where QEMU has not noticed yet that the other end is gone, it has to be told; else this is refused.
    await from.migration.pausePostCopy(input.uuid).catch(() => undefined);
    await takeUp(from, to, input);
    context.log('info', `${input.vmName} has all of its memory on ${input.toHostName}.`);
    return undefined;
  } catch (thrown) {
    const cause = thrown instanceof DroverError ? thrown.message : String(thrown);
    return `Bringing them together did not work (${cause}) and is tried again.`;
  }
}

/** libvirt calls it failed as soon as a controlling connection is lost, while QEMU goes on undisturbed. */
async function stillMoves(
  environment: MigrationEnvironment,
  from: HostDriver,
  input: MigrationArguments,
): Promise<boolean> {
  const before = await from.migration.job(input.uuid);
  await pauseBetweenLooks(environment.clock, movingLookMs, never);
  const after = await from.migration.job(input.uuid);
  // No job any more: it has ended meanwhile.
  return after?.state !== 'active' || after.memorySentBytes !== before?.memorySentBytes;
}

async function takeUp(from: HostDriver, to: HostDriver, input: MigrationArguments): Promise<void> {
  const settings = { ...settingsOf(input), postCopy: true, resumePostCopy: true };
  let source: MigrationSource | undefined;
  let destination: MigrationDestination | undefined;
  try {
    destination = await to.migration.openDestination();
    source = await from.migration.openSource(input.uuid);
    const begun = await source.begin(settings);
    const { cookie, uri } = await destination.prepare(settings, begun);
    const performed = await source.perform(settings, { cookie, uri, xml: begun.xml });
    const finished = await destination.finish(settings, { cookie: performed.cookie, uri }, false);
    await source.confirm(settings, finished.cookie, false);
  } finally {
    await source?.close();
    await destination?.close();
  }
}
