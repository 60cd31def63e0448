import { DroverError } from '#shared/contract/errors.ts';
import type { StepKind } from '../../tasks/step.ts';
import type { LifecycleContext, LifecycleEnvironment } from '../environment.ts';
import {
  type LifecycleArguments,
  lifecycleArgumentsSchema,
  lifecycleMemoSchema,
} from '../lifecycleArguments.ts';
import { titleOf } from '../verbs.ts';

const askDeadlineMs = 8000;

/**
 * Before anything is made to run: each other host is asked just then whether it runs the VM already. One that is silent
 * counts as asked only where the operator has declared it dead, or where nothing known says that it has the VM.
 */
export const askOthers: StepKind<LifecycleEnvironment, unknown, unknown> = {
  kind: 'lifecycle.ask-others',
  arguments: lifecycleArgumentsSchema,
  memo: lifecycleMemoSchema,
  async do(context, raw) {
    const input = lifecycleArgumentsSchema.parse(raw);
    await Promise.all(input.others.map((other) => askOne(context, input, other)));
    return { outcome: `No other host runs ${input.vmName}.` };
  },
  // It changes nothing, so there is nothing to find.
  probe: async (_context, raw) => {
    const input = lifecycleArgumentsSchema.parse(raw);
    return { verdict: 'not-done', finding: `${input.vmName} was left as it was on ${input.hostName}.` };
  },
};

async function askOne(
  { environment: { hosts }, log }: LifecycleContext,
  input: LifecycleArguments,
  other: LifecycleArguments['others'][number],
): Promise<void> {
  const driver = hosts.driver(other.id);
  if (driver === undefined || hosts.declaredDead(other.id)) return;
  const isSilent = driver.link().state !== 'connected';
  if (isSilent && !other.mustAnswer) {
    log(
      'warning',
      `${other.name} does not answer and was not asked; nothing known says that it has ${input.vmName}.`,
    );
    return;
  }
  const state = await driver.domains.state(input.uuid, { deadlineMs: askDeadlineMs });
  if (state === undefined || state.state === 'inactive' || state.state === 'suspended') return;
  throw new DroverError({
    code: 'refused-by-rule',
    tried: titleOf(input),
    cause: `${other.name} has a copy of it that is ${state.state}; two running copies would corrupt its disks`,
    next: `Look at the copy on ${other.name} first`,
  });
}
