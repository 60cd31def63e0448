import type { VmVerb } from '#shared/model/vmAction.ts';
import type { StepKind } from '../../tasks/step.ts';
import { homeDriver, type LifecycleEnvironment } from '../environment.ts';
import { lifecycleArgumentsSchema, lifecycleMemoSchema } from '../lifecycleArguments.ts';
import type { PlainVerb } from '../verbs.ts';
import { look, probeState, requireLegal, stands } from './look.ts';

/** A verb of the table as a step: one call, then a look that it is so. */
export function plainVerb(name: VmVerb, verb: PlainVerb): StepKind<LifecycleEnvironment, unknown, unknown> {
  return {
    kind: `lifecycle.${name}`,
    arguments: lifecycleArgumentsSchema,
    memo: lifecycleMemoSchema,
    async do(context, raw) {
      const input = lifecycleArgumentsSchema.parse(raw);
      await requireLegal(context, input);
      context.refuseCancel(`${input.hostName} has been told already. It takes a moment.`);
      context.progress({ detail: `${verb.title(input)}: ${input.hostName} is at it` });
      await verb.call(homeDriver(context, input), input);
      const seen = await look(context, input);
      return { outcome: verb.outcome(input, seen) };
    },
    async probe(context, raw) {
      const input = lifecycleArgumentsSchema.parse(raw);
      return await probeState(context, input, (seen) => {
        if (verb.isDone(seen, input)) {
          const finding = verb.outcome(input, seen);
          return { verdict: 'done', memo: { outcome: finding }, finding };
        }
        if (seen?.state === 'paused' && seen.reason === 'starting-up') {
          return {
            verdict: 'unknown',
            finding: `${input.vmName} is still starting up on ${input.hostName}.`,
          };
        }
        if (name === 'reset') {
          const unsure = `${stands(input, seen)} Whether it was reset is not known; its console tells.`;
          return { verdict: 'not-done', finding: unsure };
        }
        return { verdict: 'not-done', finding: stands(input, seen) };
      });
    },
  };
}
