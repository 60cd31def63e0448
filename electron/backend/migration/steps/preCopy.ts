import { pause } from '../../tasks/clock.ts';
import { type MigrationContext, messageOf, requireDriver, returnToSource } from '../ends.ts';
import type { Performed } from '../environment.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { nextProgress } from '../progress.ts';
import { defineStation, showProgress, stationMemoSchema } from './defineStep.ts';
import { performFailure } from './performFailure.ts';
import { probeMoving } from './probeMoving.ts';
import { required } from './required.ts';

const lookEveryMs = 250;
/** The first full pass is over once the second round begins; what changes after that is what post-copy is for. */
const postCopyFromRound = 2;

/** Step 2: memory is sent while the guest runs, round by round, until QEMU stops the guest (Perform, first part). */
export const preCopy = defineStation({
  station: 'pre-copy',
  memo: stationMemoSchema,
  detail: (input) => `Copying ${input.vmName}'s memory while it runs`,
  async do(context, input) {
    const { environment } = context;
    const source = required(environment.source);
    const settings = required(environment.settings);
    const { cookie, uri } = required(environment.prepared);
    const over = new AbortController();
    const endEvents = source.subscribe((event) => {
      if (event.kind === 'stopped' || event.kind === 'post-copy-active') over.abort();
    });
    await environment.onPhase('perform', 'before');
    const performing: Promise<Performed> = source
      .perform(settings, { cookie, uri, xml: required(environment.begun).xml })
      .then(
        (performed): Performed => ({ ok: true, ...performed }),
        (error: unknown): Performed => ({ ok: false, error }),
      );
    environment.performing = performing;
    void performing.then(() => over.abort());
    const endCancel = abortOnCancel(context, input);
    try {
      await follow(context, input, over.signal);
    } finally {
      endEvents();
      endCancel();
    }
    const performed = await Promise.race([performing, Promise.resolve(undefined)]);
    if (performed?.ok === false) throw performFailure(context, input, performed.error);
    await environment.onPhase('perform', 'after');
    return {};
  },
  undo: (context, input) => returnToSource(context, input, 'before-finish'),
  probe: probeMoving,
});

/** Looks at the job four times a second; sets the allowed downtime as soon as there is one to set it on. */
async function follow(
  context: MigrationContext,
  input: MigrationArguments,
  over: AbortSignal,
): Promise<void> {
  const { environment } = context;
  let downtimeSet = environment.settings?.maxDowntimeMs === undefined;
  while (!over.aborted) {
    const job = await look(context, input);
    if (job?.state === 'active') {
      environment.progress = nextProgress(
        environment.progress,
        job,
        environment.clock.now() - environment.startedAt,
      );
      showProgress(context, `Round ${job.round ?? 1} of copying ${input.vmName}'s memory while it runs`);
      if (!downtimeSet) downtimeSet = await setDowntime(context, input);
      const mayPostCopy = input.options.postCopy && !environment.postCopySwitched;
      if (mayPostCopy && (job.round ?? 1) >= postCopyFromRound) await switchToPostCopy(context, input);
    }
    await pause(environment.clock, lookEveryMs, over);
  }
}

async function look(context: MigrationContext, input: MigrationArguments) {
  const driver = context.environment.hosts.driver(input.fromHostId);
  try {
    return await driver?.migration.job(input.uuid, { deadlineMs: 5000 });
  } catch {
    // The picture stands still; whether the migration itself lives is told by its own connection.
    return undefined;
  }
}

async function setDowntime(context: MigrationContext, input: MigrationArguments): Promise<boolean> {
  const milliseconds = input.options.maxDowntimeMs ?? 0;
  try {
    await required(context.environment.source).setMaxDowntime(milliseconds);
    context.log('info', `The allowed downtime is ${milliseconds} ms.`);
    return true;
  } catch (thrown) {
    context.log('warning', `The allowed downtime could not be set yet: ${messageOf(thrown)}`);
    return false;
  }
}

async function switchToPostCopy(context: MigrationContext, input: MigrationArguments): Promise<void> {
  const { environment } = context;
  // Journalled before it is asked for: from here on the guest may be running at the destination.
  await context.journal({ reached: 'post-copy' });
  context.refuseCancel(
    `${input.vmName} was switched to post-copy: its memory lies on both hosts, and only going on can bring it together.`,
  );
  environment.postCopySwitched = true;
  await environment.onPhase('post-copy', 'before');
  try {
    await required(environment.source).switchToPostCopy();
    environment.progress = { ...environment.progress, postCopyActive: true };
    context.log('info', `Switched to post-copy: ${input.vmName} goes on at ${input.toHostName}.`);
    await environment.onPhase('post-copy', 'after');
  } catch (thrown) {
    context.log('warning', `The switch to post-copy was refused: ${messageOf(thrown)}`);
  }
}

/** The operator's cancel becomes libvirt's abort, over the control connection, which nothing long ever blocks. */
function abortOnCancel(context: MigrationContext, input: MigrationArguments): () => void {
  const abort = () => {
    if (context.environment.postCopySwitched) return;
    const driver = requireDriver(
      context,
      input.fromHostId,
      input.fromHostName,
      `Cancel the migration of ${input.vmName}`,
    );
    driver.migration.abort(input.uuid).catch((thrown: unknown) => {
      context.log('warning', `The cancel did not reach the source: ${messageOf(thrown)}`);
    });
  };
  if (context.signal.aborted) abort();
  context.signal.addEventListener('abort', abort);
  return () => context.signal.removeEventListener('abort', abort);
}
