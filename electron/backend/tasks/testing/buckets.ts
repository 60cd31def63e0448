import { z } from 'zod';
import type { TaskId } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { ProbeVerdict, StepKind, TaskKind } from '../step.ts';

/** A world of its own for runner tests: each step puts its name into a set, and takes it out again. */
export class Buckets {
  readonly full = new Set<string>();
  /** Called before and after every effect; throwing here is a crash or a failure at exactly that point. */
  readonly around: (moment: string) => void;
  /** While false the world does not answer. */
  answers = true;
  readonly wakers = new Set<() => void>();

  constructor(around: (moment: string) => void = () => undefined) {
    this.around = around;
  }
}

const argumentsSchema = z.object({ name: z.string() });

export function bucketKind(world: Buckets, failing: ReadonlySet<string> = new Set()): TaskKind<Buckets> {
  const step: StepKind<Buckets, unknown, unknown> = {
    kind: 'fill',
    arguments: argumentsSchema,
    memo: z.object({ filled: z.string() }),
    async do(context, input) {
      const { name } = argumentsSchema.parse(input);
      if (failing.has(name)) throw new Error(`${name} leaks`);
      if (context.signal.aborted) throw new Error('stopped');
      world.around(`before ${name}`);
      world.full.add(name);
      world.around(`after ${name}`);
      return { filled: name };
    },
    async undo(_context, input) {
      const { name } = argumentsSchema.parse(input);
      world.around(`before undo ${name}`);
      world.full.delete(name);
      world.around(`after undo ${name}`);
    },
    async probe(_context, input): Promise<ProbeVerdict> {
      const { name } = argumentsSchema.parse(input);
      if (!world.answers) return { verdict: 'unknown', finding: 'The well does not answer.' };
      return world.full.has(name)
        ? { verdict: 'done', memo: { filled: name }, finding: `${name} is full.` }
        : { verdict: 'not-done', finding: `${name} is empty.` };
    },
  };
  return {
    kind: 'buckets',
    steps: [step],
    open: async () => world,
    close: async () => undefined,
    watch(_plan, wake) {
      world.wakers.add(wake);
      return () => world.wakers.delete(wake);
    },
    end: () => ({ outcome: 'All buckets are full.' }),
  };
}

export function bucketPlan(names: readonly string[]): Plan {
  return {
    kind: 'buckets',
    title: 'Fill the buckets',
    subject: { hostIds: [] },
    claims: [],
    steps: names.map((name) => ({
      id: `fill-${name}`,
      kind: 'fill',
      title: `Fill ${name}`,
      reason: 'it is empty',
      arguments: { name },
    })),
    warnings: [],
    rejected: [],
  };
}

export function counter(prefix: string): () => TaskId {
  let number = 0;
  return () => {
    number += 1;
    return `${prefix}${number}` as TaskId;
  };
}
