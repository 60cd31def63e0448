import { type Clock, pause } from '../../clock/clock.ts';
import type { HostDriver } from '../../drivers/drivers.ts';
import { RunnerStopped } from '../../tasks/execution.ts';
import type { StepKind } from '../../tasks/step.ts';
import { homeDriver, type LifecycleContext, type LifecycleEnvironment } from '../environment.ts';
import {
  type LifecycleArguments,
  lifecycleArgumentsSchema,
  lifecycleMemoSchema,
} from '../lifecycleArguments.ts';
import { probeState, requireLegal, stands } from './look.ts';

const lookEveryMs = 500;
const mebibyte = 1_048_576;

/** Memory to disk: shows what is written, and a cancel ends the host's own job, after which the guest goes on. */
export const suspendStep: StepKind<LifecycleEnvironment, unknown, unknown> = {
  kind: 'lifecycle.suspend',
  arguments: lifecycleArgumentsSchema,
  memo: lifecycleMemoSchema,
  async do(context, raw) {
    const input = lifecycleArgumentsSchema.parse(raw);
    await requireLegal(context, input);
    const driver = homeDriver(context, input);
    const over = new AbortController();
    const saving = driver.domains.save(input.uuid).finally(() => over.abort());
    const following = followSave(context, input, driver, () => !over.signal.aborted, over.signal);
    await Promise.all([saving, following]);
    return { outcome: suspended(input) };
  },
  async probe(context, raw) {
    const input = lifecycleArgumentsSchema.parse(raw);
    return await probeState(context, input, async (seen) => {
      const driver = homeDriver(context, input);
      // The host goes on saving without whoever asked for it.
      if (seen?.state !== 'suspended') await followSave(context, input, driver);
      const after = await driver.domains.state(input.uuid);
      if (after?.state === 'suspended') {
        const finding = suspended(input);
        return { verdict: 'done', memo: { outcome: finding }, finding };
      }
      if (after?.state === 'paused' && after.reason === 'saving') {
        return { verdict: 'unknown', finding: `${input.hostName} has not finished with ${input.vmName}.` };
      }
      return { verdict: 'not-done', finding: `${stands(input, after)} Nothing of its memory was kept.` };
    });
  },
};

function suspended({ vmName, hostName }: LifecycleArguments): string {
  return `${vmName} is suspended; its memory is on the disk of ${hostName}.`;
}

/** Tells how far the host's job is until it is over; once a cancel is asked for it is ended at every look. */
async function followSave(
  context: LifecycleContext,
  input: LifecycleArguments,
  driver: HostDriver,
  /** Whether there may be a job although none is told: the call that makes it is under way. */
  isExpected: () => boolean = () => false,
  over: AbortSignal = new AbortController().signal,
): Promise<void> {
  for (;;) {
    // A link that breaks here breaks under the save itself too, and is dealt with there.
    const job = await driver.migration.job(input.uuid).catch((thrown: unknown) => {
      if (isExpected()) return undefined;
      throw thrown;
    });
    if (job?.state !== 'active' && !isExpected()) return;
    if (context.signal.reason instanceof RunnerStopped) return;
    if (context.signal.aborted) {
      context.progress({ detail: `Ending the save of ${input.vmName}` });
      await driver.migration.abort(input.uuid).catch(() => undefined);
    } else if (job?.state === 'active' && job.memoryTotalBytes > 0) {
      const total = job.memoryTotalBytes;
      const written = Math.max(0, total - job.memoryRemainingBytes);
      context.progress({
        share: Math.min(1, written / total),
        detail: `Saving the memory of ${input.vmName}: ${mib(written)} of ${mib(total)} are dealt with`,
      });
    } else {
      context.progress({ detail: `Saving the memory of ${input.vmName}` });
    }
    await pauseUnless(driver.clock, over, context.signal);
  }
}

/** Until the next look, or until the save is over, or the operator has just cancelled. */
async function pauseUnless(clock: Clock, over: AbortSignal, cancel: AbortSignal): Promise<void> {
  // Once cancelled, looks go on at their pace: the job may only just begin.
  await pause(clock, lookEveryMs, cancel.aborted ? over : AbortSignal.any([over, cancel]));
}

function mib(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
