import { type VmVerb, vmVerbs } from '#shared/model/vmAction.ts';
import type { StepKind, TaskKind } from '../tasks/step.ts';
import type { TaskHosts } from '../tasks/taskHosts.ts';
import { defineArgumentsSchema } from './defineArguments.ts';
import type { Definitions } from './definitions.ts';
import type { LifecycleEnvironment } from './environment.ts';
import { lifecycleArgumentsSchema, lifecycleMemoSchema } from './lifecycleArguments.ts';
import { askOthers } from './steps/askOthers.ts';
import { defineStep } from './steps/define.ts';
import { plainVerb } from './steps/plainVerb.ts';
import { rebootStep } from './steps/reboot.ts';
import { shutDownStep } from './steps/shutDown.ts';
import { suspendStep } from './steps/suspend.ts';
import { verbs } from './verbs.ts';

type LifecycleStep = StepKind<LifecycleEnvironment, unknown, unknown>;

const longSteps: Readonly<Partial<Record<VmVerb, LifecycleStep>>> = {
  suspend: suspendStep,
  'shut-down': shutDownStep,
  reboot: rebootStep,
};

/** Every verb of a VM's life as a kind of task, and the definition of a new one. */
export function lifecycleTaskKinds(input: {
  readonly hosts: TaskHosts;
  readonly definitions: Definitions;
}): readonly TaskKind<LifecycleEnvironment>[] {
  const { hosts, definitions } = input;
  const environment: LifecycleEnvironment = { hosts };
  const kindOf = (
    kind: string,
    steps: readonly LifecycleStep[],
    uuidOf: (rawArguments: unknown) => string,
    closed: (uuid: string) => void = () => undefined,
  ): TaskKind<LifecycleEnvironment> => ({
    kind,
    steps,
    open: async () => environment,
    async close(_environment, plan) {
      const uuid = uuidOf(plan.steps[0]?.arguments);
      await hosts.look(plan.subject.hostIds, uuid);
      closed(uuid);
    },
    watch: (plan, wake) => hosts.watch(plan.subject.hostIds, wake),
    end: (context, plan) => ({
      outcome: lifecycleMemoSchema.parse(context.memo(plan.steps.at(-1)?.id ?? '')).outcome,
    }),
  });
  return [
    ...vmVerbs.map((verb) =>
      kindOf(verb, [askOthers, stepOf(verb)], (raw) => lifecycleArgumentsSchema.parse(raw).uuid),
    ),
    kindOf(
      'define',
      [defineStep(definitions)],
      (raw) => defineArgumentsSchema.parse(raw).uuid,
      (uuid) => definitions.drop(uuid),
    ),
  ];
}

function stepOf(verb: VmVerb): LifecycleStep {
  const entry = verbs[verb];
  const step = entry.kind === 'plain' ? plainVerb(verb, entry) : longSteps[verb];
  if (step === undefined) throw new Error(`the verb ${verb} has no step`);
  return step;
}
