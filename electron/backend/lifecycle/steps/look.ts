import { DroverError } from '#shared/contract/errors.ts';
import { legal, verbStates } from '#shared/rules/verbStates.ts';
import type { ProbeVerdict } from '../../tasks/step.ts';
import { deadVerdict, homeDriver, type LifecycleContext } from '../environment.ts';
import type { LifecycleArguments } from '../lifecycleArguments.ts';
import { type Seen, titleOf, verbs } from '../verbs.ts';

/** The domain as its host has it now; undefined where it has none. */
export async function look(context: LifecycleContext, input: LifecycleArguments): Promise<Seen | undefined> {
  const { domains } = homeDriver(context, input);
  const verb = verbs[input.action.verb];
  return verb.kind === 'plain' && verb.needsDescription
    ? await domains.describe(input.uuid)
    : await domains.state(input.uuid);
}

/** The verb's state once more, just before: somebody else may have been faster. Throws `precondition-changed`. */
export async function requireLegal(context: LifecycleContext, input: LifecycleArguments): Promise<void> {
  const seen = await look(context, input);
  const state = seen?.state;
  const said =
    state === undefined || state === 'unknown'
      ? `is no longer on ${input.hostName}. Look at the VM.`
      : verbStates[input.action.verb][state];
  if (said === legal) return;
  throw new DroverError({
    code: 'precondition-changed',
    tried: titleOf(input),
    cause: `${input.vmName} ${said}`,
  });
}

/** Asks the host what became of the verb; `elsewise` says more than the state where it is not done. */
export async function probeState(
  context: LifecycleContext,
  input: LifecycleArguments,
  verdictOf: (seen: Seen | undefined) => ProbeVerdict | Promise<ProbeVerdict>,
): Promise<ProbeVerdict> {
  const { verb } = input.action;
  const toEnd = verb === 'force-off' || verb === 'shut-down';
  return (
    deadVerdict(context, input, { tried: titleOf(input), toEnd }) ??
    (await verdictOf(await look(context, input)))
  );
}

/** "web-03 is active on server-a." */
export function stands(input: LifecycleArguments, seen: Seen | undefined): string {
  return seen === undefined
    ? `${input.hostName} does not know ${input.vmName} any more.`
    : `${input.vmName} is ${seen.state} on ${input.hostName}.`;
}
