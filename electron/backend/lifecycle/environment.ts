import { DroverError } from '#shared/contract/errors.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { ProbeVerdict, StepContext } from '../tasks/step.ts';
import type { TaskHosts } from '../tasks/taskHosts.ts';
import type { LifecycleArguments } from './lifecycleArguments.ts';

export interface LifecycleEnvironment {
  readonly hosts: TaskHosts;
}

export type LifecycleContext = StepContext<LifecycleEnvironment>;

/** The VM's host. While it does not answer the driver's own calls say so. */
export function homeDriver(
  { environment }: LifecycleContext,
  input: Pick<LifecycleArguments, 'hostId' | 'hostName'>,
): HostDriver {
  const driver = environment.hosts.driver(input.hostId);
  if (driver !== undefined) return driver;
  throw new DroverError({
    code: 'not-found',
    tried: `Ask ${input.hostName}`,
    cause: 'it was removed from Drover meanwhile',
  });
}

/**
 * What is said of a step whose host the operator has declared dead: nothing runs there, and nothing more will be told.
 * undefined while the host may still answer.
 */
export function deadVerdict(
  { environment: { hosts } }: LifecycleContext,
  input: Pick<LifecycleArguments, 'hostId' | 'hostName' | 'vmName'>,
  asked: { readonly tried: string; readonly toEnd: boolean },
): ProbeVerdict | undefined {
  const answers = hosts.driver(input.hostId)?.link().state === 'connected';
  if (answers || !hosts.declaredDead(input.hostId)) return undefined;
  const finding = `${input.hostName} was declared dead, so ${input.vmName} does not run there.`;
  if (asked.toEnd) return { verdict: 'done', memo: { outcome: finding }, finding };
  const error = new DroverError({
    code: 'host-unreachable',
    tried: asked.tried,
    cause: `${input.hostName} was declared dead before it said how this ended`,
    next: `Look at ${input.vmName} once ${input.hostName} runs again`,
  });
  return { verdict: 'over', finding, error: error.toData() };
}
