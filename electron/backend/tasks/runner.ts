import { DroverError, toErrorData } from '#shared/contract/errors.ts';
import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import type { TaskId } from '#shared/model/ids.ts';
import type { Plan, PlanRequest } from '#shared/model/plan.ts';
import { hasEnded, type Requester, type Task } from '#shared/model/task.ts';
import { canRetry } from '#shared/rules/canRetry.ts';
import type { Clock } from '../clock/clock.ts';
import type { ClaimLedger } from '../inventory/claims.ts';
import type { TaskRecords } from '../store/taskRecords.ts';
import { Execution, RunnerStopped } from './execution.ts';
import type { TaskKind } from './step.ts';
import { newTask, withError, withState } from './taskDraft.ts';

export interface RunnerInput {
  readonly records: TaskRecords;
  readonly claims: ClaimLedger;
  readonly clock: Clock;
  readonly newId: () => TaskId;
}

/** What an abandoned step may still need to let go of its connections. */
const abandonedMs = 1000;

interface Running {
  readonly task: Task;
  cancel(): void;
  abandon(): void;
  readonly ended: Promise<void>;
}

/** The one runner of every plan: claims, journals, runs, undoes, recovers. */
export class TaskRunner {
  readonly #input: RunnerInput;
  readonly #starters = new Map<string, (task: Task, plan: Plan, recovered: boolean) => Running>();
  readonly #running = new Map<TaskId, Running>();
  readonly #listeners = new Set<(task: Task) => void>();
  #stopped = false;

  constructor(input: RunnerInput) {
    this.#input = input;
  }

  /** Every kind is made known before `recover` is called. */
  register<Environment>(kind: TaskKind<Environment>): void {
    this.#starters.set(kind.kind, (task, plan, recovered) => this.#execute(kind, task, plan, recovered));
  }

  /**
   * Journals the task, claims what it touches and begins; returns at once. The same idempotency key twice gives the
   * same task. Throws `claimed` where another task holds what this one needs; nothing is kept then.
   */
  start(plan: Plan, requestedBy: Requester, idempotencyKey?: string): TaskId {
    if (this.#stopped) {
      throw new DroverError({ code: 'backend-stopped', tried: plan.title, cause: 'Drover is ending' });
    }
    const existing =
      idempotencyKey === undefined ? undefined : this.#input.records.byIdempotencyKey(idempotencyKey);
    if (existing !== undefined) return existing;
    const id = this.#input.newId();
    const task = newTask(id, plan, requestedBy, this.#input.clock.now());
    this.#input.claims.claim(id, plan.title, plan.claims);
    try {
      this.#input.records.add(task, plan, idempotencyKey);
    } catch (thrown) {
      this.#input.claims.release(id);
      throw thrown;
    }
    this.#begin(task, plan, false);
    return id;
  }

  /** Throws `not-found` or `cancel-refused`; the task ends by itself afterwards. */
  cancel(id: TaskId): void {
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.cancel();
      return;
    }
    const task = this.get(id);
    throw new DroverError({
      code: 'cancel-refused',
      tried: `Cancel "${task.title}"`,
      cause: `it has ended already (${task.state})`,
    });
  }

  get(id: TaskId): Task {
    const task = this.#running.get(id)?.task ?? this.#input.records.get(id);
    if (task !== undefined) return task;
    throw new DroverError({
      code: 'not-found',
      tried: `Show task ${id}`,
      cause: 'there is no task of that id',
      next: 'Look at the list of tasks',
    });
  }

  /** Newest first; those that may fit the filter. */
  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly Task[] {
    return this.#input.records
      .list(filter, limit, before)
      .map((task) => this.#running.get(task.id)?.task ?? task);
  }

  /** What was asked for, so that it can be planned anew. Throws `not-found`, or the reason of `canRetry`. */
  requestOf(id: TaskId): PlanRequest {
    const task = this.get(id);
    const tried = `Ask again for "${task.title}"`;
    const verdict = canRetry(task);
    if (!verdict.allowed) throw new DroverError({ code: verdict.code, tried, cause: verdict.reason });
    const request = this.#input.records.plan(id)?.request;
    if (request !== undefined) return request;
    throw new DroverError({
      code: 'refused-by-rule',
      tried,
      cause: 'an older Drover made it, which did not keep what was asked',
      next: 'Ask for it again on its VM',
    });
  }

  /** Those that run, wait or are undecided, however old. */
  unended(): readonly Task[] {
    return this.#input.records.unended().map((task) => this.#running.get(task.id)?.task ?? task);
  }

  /** The newest of those that have ended. */
  ended(limit: number): readonly Task[] {
    return this.#input.records.ended(limit);
  }

  runningCount(): number {
    return [...this.#running.values()].filter(({ task }) => task.state !== 'undecided').length;
  }

  subscribe(listener: (task: Task) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes up what an earlier runner left. Their claims come first, so that nothing new takes what they hold. */
  recover(): void {
    const unended = this.#input.records.unended().flatMap((task) => {
      const plan = this.#input.records.plan(task.id);
      return plan === undefined ? [] : [{ task, plan }];
    });
    for (const { task, plan } of unended) this.#input.claims.restore(task.id, task.title, plan.claims);
    for (const { task, plan } of unended) this.#begin(task, plan, true);
  }

  /** Lets what runs end within the deadline; what does not is left to the next start, which recovers it. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const running = [...this.#running.values()];
    const busy = running.filter(({ task }) => task.state !== 'undecided');
    await this.#within(deadlineMs, busy);
    for (const each of running) each.abandon();
    await this.#within(abandonedMs, running);
  }

  async #within(milliseconds: number, running: readonly Running[]): Promise<void> {
    let take: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      take = this.#input.clock.after(milliseconds, resolve);
    });
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), late]);
    take();
  }

  #begin(task: Task, plan: Plan, recovered: boolean): void {
    const starter = this.#starters.get(plan.kind);
    if (starter === undefined) {
      this.#fail(task, new Error(`this Drover has no kind of task called ${plan.kind}`));
      return;
    }
    const running = starter(task, plan, recovered);
    this.#running.set(task.id, running);
    this.#tell(running.task);
  }

  /** Where the runner is stopping the later task is journalled only: the next start begins it. */
  #handOver(from: Task, plan: Plan): void {
    const { records, claims, clock, newId } = this.#input;
    const key = `takes-over-from-${from.id}`;
    if (records.byIdempotencyKey(key) !== undefined) return;
    const task = newTask(newId(), plan, { who: 'Drover', via: 'drover', why: from.title }, clock.now());
    claims.claim(task.id, plan.title, plan.claims, from.id);
    try {
      records.add(task, plan, key);
    } catch (thrown) {
      claims.release(task.id);
      throw thrown;
    }
    if (!this.#stopped) this.#begin(task, plan, false);
  }

  #execute<Environment>(kind: TaskKind<Environment>, task: Task, plan: Plan, recovered: boolean): Running {
    const { records, clock } = this.#input;
    const execution = new Execution({
      task,
      plan,
      kind,
      records,
      clock,
      recovered,
      publish: (changed) => this.#tell(changed),
      handOver: (later) => this.#handOver(task, later),
    });
    const ended = execution
      .run()
      .catch((thrown: unknown) => {
        if (!(thrown instanceof RunnerStopped) && !this.#stopped) this.#fail(execution.task, thrown);
      })
      .finally(() => {
        this.#running.delete(task.id);
        this.#input.claims.release(task.id);
      });
    return {
      get task() {
        return execution.task;
      },
      cancel: () => execution.cancel(),
      abandon: () => execution.abandon(),
      ended,
    };
  }

  /** A failure outside any step: opening the kind's environment, or a journal that cannot be written. */
  #fail(task: Task, thrown: unknown): void {
    if (hasEnded(task.state)) return;
    const failed = withError(withState(task, 'failed', this.#input.clock.now()), toErrorData(thrown));
    try {
      this.#input.records.save(failed);
    } catch (journal) {
      console.error(`Task ${task.id} failed and that could not be journalled:`, journal);
    }
    this.#tell(failed);
  }

  #tell(task: Task): void {
    if (hasEnded(task.state)) {
      this.#running.delete(task.id);
      this.#input.claims.release(task.id);
    }
    for (const listener of this.#listeners) listener(task);
  }
}
