import { pauseBetweenLooks } from '../../clock/clock.ts';
import { type MigrationContext, messageOf, returnToSource } from '../ends.ts';
import type { Performed } from '../environment.ts';
import { lookAtJob } from '../jobWatch.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { destinationGone, isDueForPostCopy, switchToPostCopy } from '../postCopy.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { destinationLost, performFailure } from './phaseFailure.ts';
import { probeMoving } from './probeMoving.ts';
import { heldDestination, heldSource, required } from './required.ts';

/** Until the allowed downtime is set there is no time to lose; afterwards four looks a second. */
const lookEveryMs = { first: 40, later: 250 } as const;

/** Step 2: memory is sent while the guest runs, round by round, until QEMU stops the guest (Perform, first part). */
export const preCopy = defineStation({
  station: 'pre-copy',
  memo: stationMemoSchema,
  detail: (input) => `Copying ${input.vmName}'s memory while it runs`,
  async do(context, input) {
    const { environment } = context;
    const source = heldSource(context, input);
    const over = new AbortController();
    const ends = [
      source.subscribe((event) => {
        if (event.kind === 'stopped' || event.kind === 'post-copy-active') over.abort();
        if (event.kind === 'round') void lookAtJob(context, input);
      }),
      heldDestination(context, input).onClose(() => destinationGone(context, input)),
      abortOnCancel(context, input),
    ];
    await environment.onPhase('perform', 'before');
    const performing = perform(context, input);
    void performing.then(() => over.abort());
    try {
      await follow(context, input, over.signal);
    } finally {
      for (const end of ends) end();
    }
    await environment.onPhase('perform', 'after');
    const performed = environment.performed ? await performing : undefined;
    if (performed?.ok === false) throw failure(context, input, performed.error);
    return {};
  },
  undo: (context, input) => returnToSource(context, input, 'before-finish'),
  probe: probeMoving,
});

/** The long call: begun here, waited for in the next station. */
function perform(context: MigrationContext, input: MigrationArguments): Promise<Performed> {
  const { environment } = context;
  const { clock } = environment;
  const { cookie, uri } = required(environment.prepared);
  environment.performStartedAt = clock.elapsed();
  const performing = heldSource(context, input)
    .perform(required(environment.settings), { cookie, uri, xml: required(environment.begun).xml })
    .then(
      (performed): Performed => ({ ok: true, ...performed }),
      (error: unknown): Performed => ({ ok: false, error }),
    )
    .then((performed) => {
      environment.performed = true;
      environment.performEndedAt = clock.elapsed();
      return performed;
    });
  environment.performing = performing;
  return performing;
}

export function failure(context: MigrationContext, input: MigrationArguments, thrown: unknown): unknown {
  const { environment, signal } = context;
  if (environment.destination === undefined && environment.source !== undefined && !signal.aborted) {
    return destinationLost(input);
  }
  return performFailure(input, thrown, signal.aborted);
}

/** Sets the allowed downtime as soon as there is a job to set it on, and switches to post-copy when its time comes. */
async function follow(
  context: MigrationContext,
  input: MigrationArguments,
  over: AbortSignal,
): Promise<void> {
  const { environment } = context;
  let downtimeSet = input.options.maxDowntimeMs === undefined;
  let preCopyTold = false;
  while (!over.aborted) {
    const job = await lookAtJob(context, input);
    if (job?.state === 'active' && job.memoryTotalBytes > 0) {
      if (!downtimeSet) downtimeSet = await setDowntime(context, input);
      if (!preCopyTold) await environment.onPhase('pre-copy', 'before');
      preCopyTold = true;
      if (isDueForPostCopy(context, input, job)) await switchToPostCopy(context, input);
    }
    await pauseBetweenLooks(
      environment.clock,
      downtimeSet && preCopyTold ? lookEveryMs.later : lookEveryMs.first,
      over,
    );
  }
}

async function setDowntime(context: MigrationContext, input: MigrationArguments): Promise<boolean> {
  const milliseconds = input.options.maxDowntimeMs ?? 0;
  try {
    await heldSource(context, input).setMaxDowntime(milliseconds);
    context.log('info', `The allowed downtime is ${milliseconds} ms.`);
    return true;
  } catch (thrown) {
    context.log('warning', `The allowed downtime could not be set yet: ${messageOf(thrown)}`);
    return false;
  }
}

/** The operator's cancel becomes libvirt's abort, over the control connection, which nothing long ever blocks. */
function abortOnCancel(context: MigrationContext, input: MigrationArguments): () => void {
  const abort = () => {
    if (!context.environment.postCopySwitched) destinationGone(context, input);
  };
  if (context.signal.aborted) abort();
  context.signal.addEventListener('abort', abort);
  return () => context.signal.removeEventListener('abort', abort);
}
