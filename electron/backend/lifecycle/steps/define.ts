import { DroverError } from '#shared/contract/errors.ts';
import type { StepKind } from '../../tasks/step.ts';
import { type DefineArguments, defineArgumentsSchema } from '../defineArguments.ts';
import type { Definitions } from '../definitions.ts';
import { deadVerdict, homeDriver, type LifecycleEnvironment } from '../environment.ts';
import { lifecycleMemoSchema } from '../lifecycleArguments.ts';

/** A new definition: nothing of that UUID may be there, since libvirt would replace it. */
export function defineStep(definitions: Definitions): StepKind<LifecycleEnvironment, unknown, unknown> {
  return {
    kind: 'lifecycle.define',
    arguments: defineArgumentsSchema,
    memo: lifecycleMemoSchema,
    async do(context, raw) {
      const input = defineArgumentsSchema.parse(raw);
      const tried = titleOf(input);
      const definition = definitions.get(input.uuid);
      if (definition === undefined) {
        throw new DroverError({
          code: 'interrupted',
          tried,
          cause: 'Drover ended before it was done, and keeps no definition beyond that',
          next: 'Define it again',
        });
      }
      const { domains } = homeDriver(context, input);
      const there = await domains.state(input.uuid);
      if (there !== undefined) {
        throw new DroverError({
          code: 'already-exists',
          tried,
          cause: `${input.hostName} has a VM of that UUID meanwhile`,
          next: 'Look at the list of VMs',
        });
      }
      context.refuseCancel(`${input.hostName} has been told already. It takes a moment.`);
      await domains.define(definition.xml);
      return { outcome: outcomeOf(input) };
    },
    async probe(context, raw) {
      const input = defineArgumentsSchema.parse(raw);
      const dead = deadVerdict(
        context,
        { ...input, vmName: input.name },
        { tried: titleOf(input), toEnd: false },
      );
      if (dead !== undefined) return dead;
      const there = await homeDriver(context, input).domains.describe(input.uuid);
      if (there?.name !== input.name) {
        return { verdict: 'not-done', finding: `${input.name} is not defined on ${input.hostName}.` };
      }
      const finding = outcomeOf(input);
      return { verdict: 'done', memo: { outcome: finding }, finding };
    },
  };
}

function titleOf({ name, hostName }: DefineArguments): string {
  return `Define ${name} on ${hostName}`;
}

function outcomeOf({ name, hostName }: DefineArguments): string {
  return `${name} is defined on ${hostName} and inactive.`;
}
