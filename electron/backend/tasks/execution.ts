import { DroverError, type ErrorData, errorDataSchema, toErrorData } from '#shared/contract/errors.ts';
import type { Plan, PlanStep } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import { type Clock, pause } from '../clock/clock.ts';
import type { Fact, FactKind, TaskRecords } from '../store/taskRecords.ts';
import type { ProbeVerdict, StepContext, StepKind, TaskKind } from './step.ts';
import { skipWaiting, withCancelRefused, withError, withLog, withState, withStep } from './taskDraft.ts';

/** Thrown inside an execution whose runner has stopped: nothing more is done or journalled; the next start recovers. */
export class RunnerStopped extends Error {
  constructor() {
    super('the runner has stopped');
  }
}

const undoPausesMs = [500, 2000, 5000];
/** An undecided task is asked about again at least this often, even if no host was heard of. */
const askAgainMs = 15_000;

interface End {
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly error: ErrorData | undefined;
}

export interface ExecutionInput<Environment> {
  readonly task: Task;
  readonly plan: Plan;
  readonly kind: TaskKind<Environment>;
  readonly records: TaskRecords;
  readonly clock: Clock;
  readonly recovered: boolean;
  readonly publish: (task: Task) => void;
}

/**
 * One task from its first step to its end, or from wherever the journal says that an earlier runner left it. Every
 * effect has a synced fact before it (`started`) and after it (`done`, `undone`), so that a runner that dies between
 * any two leaves enough for the next one to probe the hosts and finish, undo or report.
 */
export class Execution<Environment> {
  #task: Task;
  readonly #input: ExecutionInput<Environment>;
  readonly #cancel = new AbortController();
  readonly #stop = new AbortController();
  #facts: Fact[];

  constructor(input: ExecutionInput<Environment>) {
    this.#input = input;
    this.#task = input.task;
    this.#facts = [...input.records.facts(input.task.id)];
  }

  get task(): Task {
    return this.#task;
  }

  /** Throws `cancel-refused` where the task is past the point of taking back. */
  cancel(): void {
    const refusal = this.#task.cancelRefused;
    if (refusal !== undefined) {
      throw new DroverError({
        code: 'cancel-refused',
        tried: `Cancel "${this.#task.title}"`,
        cause: refusal,
      });
    }
    if (this.#cancel.signal.aborted) return;
    this.#log('info', 'Asked to cancel.');
    if (this.#task.state === 'running') this.#set((task) => withState(task, 'cancelling', this.#now()));
    this.#cancel.abort();
  }

  /** Nothing more is journalled after this; what the hosts are doing goes on. */
  abandon(): void {
    this.#stop.abort(new RunnerStopped());
  }

  async run(): Promise<void> {
    const { kind, plan, recovered } = this.#input;
    const environment = await kind.open({ taskId: this.#task.id, plan, recovered });
    let end: End;
    try {
      this.#save((task) => withState(task, recovered ? 'recovering' : 'running', this.#now()));
      if (recovered)
        this.#log('warning', 'Drover ended while this task ran; the hosts are asked what happened.');
      end = await this.#go(environment);
    } finally {
      await kind.close(environment, plan);
    }
    // Last of all: whoever hears that it has ended may start the next one at once.
    this.#save((task) =>
      skipWaiting(
        withError(withCancelRefused(withState(task, end.state, this.#now()), undefined), end.error),
      ),
    );
  }

  async #go(environment: Environment): Promise<End> {
    const turned = this.#facts.find((fact) => fact.kind === 'turned');
    if (turned !== undefined) return await this.#takeBack(environment, errorDataSchema.parse(turned.value));
    for (const planned of this.#input.plan.steps) {
      if (this.#has(planned.id, 'done')) continue;
      const begun = this.#has(planned.id, 'started');
      const refusal = begun ? undefined : this.#beginStep(planned);
      if (refusal !== undefined) return await this.#turnBack(environment, planned, refusal);
      const error = begun ? interrupted(this.#task.title) : await this.#attempt(environment, planned);
      if (error === undefined) continue;
      const verdict = await this.#settle(environment, planned, error);
      if (verdict.verdict === 'not-done') return await this.#turnBack(environment, planned, error);
      if (verdict.verdict === 'over') return { state: 'failed', error: verdict.error };
    }
    if (this.#cancel.signal.aborted) this.#log('info', 'The cancel came too late: everything had been done.');
    this.#succeed(environment);
    return { state: 'succeeded', error: undefined };
  }

  /** Why the step may not begin; what cannot be journalled is not done. */
  #beginStep(planned: PlanStep): ErrorData | undefined {
    if (this.#cancel.signal.aborted) return cancelled(this.#task.title);
    try {
      this.#fact(planned.id, 'started', null);
      return undefined;
    } catch (thrown) {
      this.#alive();
      return toErrorData(thrown);
    }
  }

  /** undefined when the step is done. */
  async #attempt(environment: Environment, planned: PlanStep): Promise<ErrorData | undefined> {
    this.#save((task) => withStep(task, planned.id, 'running', this.#now()));
    try {
      const step = this.#step(planned);
      const memo = await step.do(
        this.#context(environment, planned),
        step.arguments.parse(planned.arguments),
      );
      this.#alive();
      this.#done(planned, memo);
      return undefined;
    } catch (thrown) {
      this.#alive();
      const error = toErrorData(thrown);
      this.#log('problem', error.message);
      return error;
    }
  }

  async #turnBack(environment: Environment, planned: PlanStep, error: ErrorData): Promise<End> {
    // A step that was cancelled may say more of it than that.
    const isTold = error.code === 'bug' || error.code === 'cancelled';
    const reason = this.#cancel.signal.aborted && !isTold ? cancelled(this.#task.title) : error;
    this.#note(planned.id, 'turned', reason);
    return await this.#takeBack(environment, reason);
  }

  /** Asks the hosts until they have said whether the step was done. */
  async #settle(
    environment: Environment,
    planned: PlanStep,
    error: ErrorData,
  ): Promise<Exclude<ProbeVerdict, { verdict: 'unknown' }>> {
    const step = this.#step(planned);
    for (;;) {
      const verdict = await this.#probe(environment, planned, step);
      this.#alive();
      if (verdict.verdict !== 'unknown') {
        this.#log('info', verdict.finding);
        this.#set((task) => ({ ...withCancelRefused(task, undefined), outcome: verdict.finding }));
        if (verdict.verdict === 'done') {
          if (this.#task.state === 'undecided')
            this.#save((task) => withState(task, 'recovering', this.#now()));
          this.#done(planned, verdict.memo);
        } else {
          this.#save((task) => withStep(task, planned.id, 'failed', this.#now()));
        }
        return verdict;
      }
      if (this.#task.state !== 'undecided' || this.#task.outcome !== verdict.finding) {
        this.#log('warning', verdict.finding);
        this.#save((task) => ({
          ...withError(withCancelRefused(withState(task, 'undecided', this.#now()), verdict.finding), error),
          outcome: verdict.finding,
        }));
      }
      await this.#wake();
    }
  }

  async #probe(
    environment: Environment,
    planned: PlanStep,
    step: StepKind<Environment, unknown, unknown>,
  ): Promise<ProbeVerdict> {
    try {
      return await step.probe(
        this.#context(environment, planned),
        step.arguments.parse(planned.arguments),
        this.#notes(),
      );
    } catch (thrown) {
      return { verdict: 'unknown', finding: toErrorData(thrown).message };
    }
  }

  async #wake(): Promise<void> {
    const woken = new AbortController();
    const end = this.#input.kind.watch(this.#input.plan, () => woken.abort());
    try {
      await pause(this.#input.clock, askAgainMs, AbortSignal.any([woken.signal, this.#stop.signal]));
    } finally {
      end();
    }
    this.#alive();
  }

  async #takeBack(environment: Environment, reason: ErrorData): Promise<End> {
    this.#set((task) => withCancelRefused(task, 'It is being taken back already.'));
    const left: string[] = [];
    for (const planned of this.#input.plan.steps.toReversed()) {
      if (!this.#has(planned.id, 'started') || this.#has(planned.id, 'undone')) continue;
      if (this.#step(planned).undo === undefined) continue;
      this.#save((task) => withStep(task, planned.id, 'undoing', this.#now()));
      const failure = await this.#undo(environment, planned);
      if (failure === undefined) {
        this.#note(planned.id, 'undone', null);
        this.#save((task) => withStep(task, planned.id, 'undone', this.#now()));
      } else {
        left.push(`${planned.title}: ${failure}`);
        this.#save((task) => withStep(task, planned.id, 'failed', this.#now()));
      }
    }
    const error =
      left.length === 0
        ? reason
        : { ...reason, message: `${reason.message} Not taken back: ${left.join(' ')}` };
    return { state: reason.code === 'cancelled' && left.length === 0 ? 'cancelled' : 'failed', error };
  }

  async #undo(environment: Environment, planned: PlanStep): Promise<string | undefined> {
    const step = this.#step(planned);
    const done = this.#facts.find((fact) => fact.stepId === planned.id && fact.kind === 'done');
    const memo = done === undefined ? undefined : step.memo.parse(done.value);
    for (let tries = 0; ; tries += 1) {
      try {
        await step.undo?.(this.#context(environment, planned), step.arguments.parse(planned.arguments), memo);
        this.#alive();
        return undefined;
      } catch (thrown) {
        this.#alive();
        const { message } = toErrorData(thrown);
        this.#log('problem', `Taking back "${planned.title}" did not work: ${message}`);
        const wait = undoPausesMs[tries];
        if (wait === undefined) return message;
        await pause(this.#input.clock, wait, this.#stop.signal);
      }
    }
  }

  #succeed(environment: Environment): void {
    const last = this.#input.plan.steps.at(-1);
    const ending =
      last === undefined
        ? { outcome: this.#task.title }
        : this.#input.kind.end(this.#context(environment, last), this.#input.plan);
    this.#log('info', ending.outcome);
    this.#save((task) => ({ ...withError(withCancelRefused(task, undefined), undefined), ...ending }));
  }

  #context(environment: Environment, planned: PlanStep): StepContext<Environment> {
    return {
      environment,
      taskId: this.#task.id,
      signal: AbortSignal.any([this.#cancel.signal, this.#stop.signal]),
      memo: (stepId) => this.#facts.find((fact) => fact.stepId === stepId && fact.kind === 'done')?.value,
      facts: () => this.#notes(),
      journal: async (fact) => this.#fact(planned.id, 'note', fact),
      progress: (progress) => this.#set((task) => ({ ...task, progress })),
      log: (level, text) => this.#log(level, text),
      refuseCancel: (reason) => this.#set((task) => withCancelRefused(task, reason)),
    };
  }

  #step(planned: PlanStep): StepKind<Environment, unknown, unknown> {
    const found = this.#input.kind.steps.find((step) => step.kind === planned.kind);
    if (found !== undefined) return found;
    throw new Error(`the plan "${this.#task.title}" has a step of an unknown kind, ${planned.kind}`);
  }

  #notes(): readonly unknown[] {
    return this.#facts.filter((fact) => fact.kind === 'note').map((fact) => fact.value);
  }

  #has(stepId: string, kind: FactKind): boolean {
    return this.#facts.some((fact) => fact.stepId === stepId && fact.kind === kind);
  }

  #done(planned: PlanStep, memo: unknown): void {
    this.#note(planned.id, 'done', this.#step(planned).memo.parse(memo));
    this.#save((task) => withStep(task, planned.id, 'done', this.#now()));
  }

  #fact(stepId: string, kind: FactKind, value: unknown): void {
    this.#alive();
    const fact: Fact = { stepId, kind, at: this.#now(), value };
    this.#input.records.fact(this.#task.id, fact);
    this.#facts = [...this.#facts, fact];
  }

  /** A fact about what has happened already: if it cannot be journalled, the task goes on with it in memory. */
  #note(stepId: string, kind: FactKind, value: unknown): void {
    try {
      this.#fact(stepId, kind, value);
    } catch (thrown) {
      this.#alive();
      this.#facts = [...this.#facts, { stepId, kind, at: this.#now(), value }];
      this.#log('problem', toErrorData(thrown).message);
    }
  }

  #log(level: 'info' | 'warning' | 'problem', text: string): void {
    this.#set((task) => withLog(task, this.#now(), level, text));
  }

  #set(change: (task: Task) => Task): void {
    if (this.#stop.signal.aborted) return;
    this.#task = change(this.#task);
    this.#input.publish(this.#task);
  }

  #save(change: (task: Task) => Task): void {
    this.#alive();
    this.#task = change(this.#task);
    try {
      this.#input.records.save(this.#task);
    } catch (thrown) {
      this.#task = withLog(this.#task, this.#now(), 'problem', toErrorData(thrown).message);
    }
    this.#input.publish(this.#task);
  }

  #now(): number {
    return this.#input.clock.now();
  }

  #alive(): void {
    if (this.#stop.signal.aborted) throw new RunnerStopped();
  }
}

function interrupted(title: string): ErrorData {
  return new DroverError({
    code: 'interrupted',
    tried: title,
    cause: 'Drover ended while this was under way',
    next: 'Look at what the task found, and ask again if it is still wanted',
  }).toData();
}

function cancelled(title: string): ErrorData {
  return new DroverError({
    code: 'cancelled',
    tried: title,
    cause: 'it was cancelled before it was done',
  }).toData();
}
