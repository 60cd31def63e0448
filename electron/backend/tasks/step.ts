import type { z } from 'zod';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import type { MigrationResult } from '#shared/model/migration.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { TaskLogLine, TaskProgress } from '#shared/model/task.ts';

/** What a step may use while it runs. `Environment` is the capability's own (drivers, inventory, clock). */
export interface StepContext<Environment> {
  readonly environment: Environment;
  readonly taskId: TaskId;
  /**
   * Aborted when the operator cancels; a step that cannot stop says so through `refuseCancel`. Also when Drover ends:
   * the reason is then a RunnerStopped, and what a host does by itself is best left to it.
   */
  readonly signal: AbortSignal;
  /** What earlier steps of this task left, by step id: data, as journalled. */
  memo(stepId: string): unknown;
  /** Every fact that the steps of this task have journalled, in order. */
  facts(): readonly unknown[];
  /** Journals a fact in the middle of a step (synced) before something that cannot be taken back is done. */
  journal(fact: Readonly<Record<string, unknown>>): Promise<void>;
  progress(progress: TaskProgress): void;
  log(level: TaskLogLine['level'], text: string): void;
  /** While set, a cancel is refused with this sentence. */
  refuseCancel(reason: string | undefined): void;
}

/** What the hosts say happened to a step that was under way when its runner stopped. */
export type ProbeVerdict =
  | { readonly verdict: 'done'; readonly memo: unknown; readonly finding: string }
  | { readonly verdict: 'not-done'; readonly finding: string }
  /** A host that knows does not answer: ask again when it does. */
  | { readonly verdict: 'unknown'; readonly finding: string }
  /** It ended otherwise, and nothing can be gone on with or taken back: a lost VM. */
  | { readonly verdict: 'over'; readonly finding: string; readonly error: ErrorData };

/** A kind of step: one file with do, undo and probe. `Memo` is journalled, so it is plain data. */
export interface StepKind<Environment, Arguments, Memo> {
  readonly kind: string;
  readonly arguments: z.ZodType<Arguments>;
  readonly memo: z.ZodType<Memo>;
  /** Re-checks its precondition first and throws `precondition-changed` where it no longer holds. */
  do(context: StepContext<Environment>, input: Arguments): Promise<Memo>;
  /**
   * Takes back what `do` did, wholly or in part; must be safe to repeat. Absent where nothing can be taken back (a
   * guest was asked for something) or nothing is changed: the step then stays what it was.
   */
  undo?(context: StepContext<Environment>, input: Arguments, memo: Memo | undefined): Promise<void>;
  probe(
    context: StepContext<Environment>,
    input: Arguments,
    facts: readonly unknown[],
  ): Promise<ProbeVerdict>;
}

/** How a task ended, said by its kind when the steps are over. */
export interface TaskEnding {
  readonly outcome: string;
  readonly migration?: MigrationResult;
}

/**
 * A kind of task: which steps it has, what they share while it runs, and how its end is told. The runner's rule
 * for every kind: a step that throws is probed; `done` goes on, `not-done` undoes the steps before it in reverse
 * order, `unknown` leaves the task undecided until `watch` says that it is worth asking again.
 */
export interface TaskKind<Environment> {
  readonly kind: string;
  readonly steps: readonly StepKind<Environment, unknown, unknown>[];
  /** Connections and the like that the steps share; `recovered` when the runner that began it is gone. */
  open(task: {
    readonly taskId: TaskId;
    readonly plan: Plan;
    readonly recovered: boolean;
  }): Promise<Environment>;
  /** Before anybody hears that the task has ended. */
  close(environment: Environment, plan: Plan): Promise<void>;
  /** Calls back whenever a host of an undecided task may answer now; returns the end of it. */
  watch(plan: Plan, wake: () => void): () => void;
  end(context: StepContext<Environment>, plan: Plan): TaskEnding;
}
