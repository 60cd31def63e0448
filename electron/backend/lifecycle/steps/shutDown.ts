import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import type { VmStateReason } from '#shared/model/vm.ts';
import type { StepKind } from '../../tasks/step.ts';
import { homeDriver, type LifecycleEnvironment } from '../environment.ts';
import {
  type LifecycleArguments,
  lifecycleArgumentsSchema,
  lifecycleMemoSchema,
} from '../lifecycleArguments.ts';
import { isOff, titleOf } from '../verbs.ts';
import { probeState, requireLegal, stands } from './look.ts';
import { waitForGuest } from './waiting.ts';

const askedSchema = z.object({ asked: z.literal(true) });

/**
 * Asks the guest and waits. One that ignores it is reported (`guest-ignored`), or its plug is pulled where that was
 * chosen. A cancel stops the waiting; what the guest was asked for cannot be taken back.
 */
export const shutDownStep: StepKind<LifecycleEnvironment, unknown, unknown> = {
  kind: 'lifecycle.shut-down',
  arguments: lifecycleArgumentsSchema,
  memo: lifecycleMemoSchema,
  async do(context, raw) {
    const input = lifecycleArgumentsSchema.parse(raw);
    const { patienceSeconds, whenIgnored } = wishOf(input);
    await requireLegal(context, input);
    const driver = homeDriver(context, input);
    const began = driver.clock.elapsed();
    const waited = await waitForGuest(context, input, driver, {
      patienceMs: patienceSeconds * 1000,
      ask: async () => {
        await context.journal({ asked: true });
        await driver.domains.requestShutdown(input.uuid);
        context.log('info', `${input.vmName} was asked to shut down.`);
      },
      found: (seen) => (isOff(seen) ? { reason: seen?.reason } : undefined),
      detail: (seconds) =>
        `Waiting for ${input.vmName} to shut down: ${seconds} s of at most ${patienceSeconds} s`,
    });
    if (waited.how === 'found') {
      const seconds = Math.max(1, Math.round((driver.clock.elapsed() - began) / 1000));
      return { outcome: wentOff(input, waited.value.reason, seconds) };
    }
    if (waited.how === 'cancelled') throw stoppedWaiting(input);
    if (whenIgnored === 'report') throw ignored(input, patienceSeconds);
    context.refuseCancel(`${input.vmName} is being forced off.`);
    context.log('warning', `${input.vmName} ignored it for ${patienceSeconds} s and is forced off.`);
    await driver.domains.destroy(input.uuid);
    return { outcome: forced(input, patienceSeconds) };
  },
  async probe(context, raw, facts) {
    const input = lifecycleArgumentsSchema.parse(raw);
    return await probeState(context, input, (seen) => {
      if (isOff(seen)) {
        const finding = `${input.vmName} is off.`;
        return { verdict: 'done', memo: { outcome: finding }, finding };
      }
      const asked = facts.some((fact) => askedSchema.safeParse(fact).success);
      const more = asked ? ' Its guest was asked to shut down and may still do so.' : '';
      return { verdict: 'not-done', finding: `${stands(input, seen)}${more}` };
    });
  },
};

function wishOf({ action }: LifecycleArguments): {
  readonly patienceSeconds: number;
  readonly whenIgnored: 'report' | 'force-off';
} {
  if (action.verb === 'shut-down') return action;
  throw new Error(`a shut-down was planned for the verb ${action.verb}`);
}

/** It is off, as was wanted; but not everything that is off has shut down. */
function wentOff({ vmName }: LifecycleArguments, reason: VmStateReason | undefined, seconds: number): string {
  if (reason === 'destroyed') return `${vmName} was asked to shut down, and forced off by somebody else.`;
  if (reason === 'crashed') return `${vmName} crashed while it was asked to shut down; it is off.`;
  return `${vmName} shut down within ${seconds} s.`;
}

function forced({ vmName }: LifecycleArguments, seconds: number): string {
  return `${vmName} ignored the request for ${seconds} s and was forced off.`;
}

function stoppedWaiting(input: LifecycleArguments): DroverError {
  return new DroverError({
    code: 'cancelled',
    tried: titleOf(input),
    cause: 'you stopped waiting for it; its guest was asked and may still shut down',
  });
}

function ignored(input: LifecycleArguments, seconds: number): DroverError {
  return new DroverError({
    code: 'guest-ignored',
    tried: titleOf(input),
    cause: `its guest was asked ${seconds} s ago and still runs`,
    next: 'It may only be slow: wait and look again, ask once more, or force it off',
  });
}
