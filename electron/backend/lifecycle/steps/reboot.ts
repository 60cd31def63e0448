import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
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

/** As long as a guest usually needs to end its services. */
export const rebootPatienceSeconds = 120;

const askedSchema = z.object({ asked: z.literal(true) });

/** Asks the guest and waits for the host's word that it started anew; a running guest shows nothing else of it. */
export const rebootStep: StepKind<LifecycleEnvironment, unknown, unknown> = {
  kind: 'lifecycle.reboot',
  arguments: lifecycleArgumentsSchema,
  memo: lifecycleMemoSchema,
  async do(context, raw) {
    const input = lifecycleArgumentsSchema.parse(raw);
    await requireLegal(context, input);
    const driver = homeDriver(context, input);
    const waited = await waitForGuest(context, input, driver, {
      patienceMs: rebootPatienceSeconds * 1000,
      ask: async () => {
        await context.journal({ asked: true });
        await driver.domains.requestReboot(input.uuid);
        context.log('info', `${input.vmName} was asked to reboot.`);
      },
      found: (seen, rebooted) => (isOff(seen) ? 'off' : rebooted ? 'rebooted' : undefined),
      detail: (seconds) =>
        `Waiting for ${input.vmName} to start anew: ${seconds} s of at most ${rebootPatienceSeconds} s`,
    });
    if (waited.how === 'found' && waited.value === 'rebooted') {
      return { outcome: `${input.vmName} rebooted on ${input.hostName}.` };
    }
    throw notRebooted(input, waited.how === 'found' ? 'off' : waited.how);
  },
  async probe(context, raw, facts) {
    const input = lifecycleArgumentsSchema.parse(raw);
    return await probeState(context, input, (seen) => {
      const asked = facts.some((fact) => askedSchema.safeParse(fact).success);
      const more =
        asked && !isOff(seen)
          ? ' Its guest was asked to reboot; that it did was not seen, and it may still.'
          : '';
      return { verdict: 'not-done', finding: `${stands(input, seen)}${more}` };
    });
  },
};

function notRebooted(input: LifecycleArguments, how: 'off' | 'too-late' | 'cancelled'): DroverError {
  const tried = titleOf(input);
  switch (how) {
    case 'off':
      return new DroverError({
        code: 'guest-ignored',
        tried,
        cause: 'its guest shut down and did not start again',
        next: `Start ${input.vmName}`,
      });
    case 'cancelled':
      return new DroverError({
        code: 'cancelled',
        tried,
        cause: 'you stopped waiting for it; its guest was asked and may still reboot',
      });
    case 'too-late':
      return new DroverError({
        code: 'guest-ignored',
        tried,
        cause: `its guest was asked ${rebootPatienceSeconds} s ago and has not started anew`,
        next: 'It may only be slow: wait and look again, or reset it, which does not ask the guest',
      });
    default:
      return how satisfies never;
  }
}
