import type { ErrorData } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Requester, Task, TaskLogLine, TaskState, TaskStepState } from '#shared/model/task.ts';

const keptLogLines = 200;

export function newTask(id: TaskId, plan: Plan, requestedBy: Requester, now: number): Task {
  return {
    id,
    kind: plan.kind,
    title: plan.title,
    subject: plan.subject,
    requestedBy,
    state: 'queued',
    createdAt: now,
    steps: plan.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      title: step.title,
      reason: step.reason,
      state: 'waiting',
    })),
    warnings: plan.warnings,
    log: [],
  };
}

export function withState(task: Task, state: TaskState, now: number): Task {
  const ends = state === 'succeeded' || state === 'failed' || state === 'cancelled';
  return {
    ...task,
    state,
    ...(task.startedAt === undefined && state !== 'queued' ? { startedAt: now } : {}),
    ...(ends ? { finishedAt: now } : {}),
  };
}

export function withStep(task: Task, stepId: string, state: TaskStepState, now: number): Task {
  return {
    ...task,
    steps: task.steps.map((step) => {
      if (step.id !== stepId) return step;
      switch (state) {
        case 'running':
          return { ...step, state, startedAt: step.startedAt ?? now };
        case 'done':
        case 'failed':
        case 'undone':
          return { ...step, state, finishedAt: now };
        default:
          return { ...step, state };
      }
    }),
  };
}

export function withLog(task: Task, at: number, level: TaskLogLine['level'], text: string): Task {
  return { ...task, log: [...task.log, { at, level, text }].slice(-keptLogLines) };
}

export function withError(task: Task, error: ErrorData | undefined): Task {
  const { error: _dropped, ...rest } = task;
  return error === undefined ? rest : { ...rest, error };
}

export function withCancelRefused(task: Task, reason: string | undefined): Task {
  const { cancelRefused: _dropped, ...rest } = task;
  return reason === undefined ? rest : { ...rest, cancelRefused: reason };
}

/** What never began is said to be skipped once the task has ended. */
export function skipWaiting(task: Task): Task {
  return {
    ...task,
    steps: task.steps.map((step) => (step.state === 'waiting' ? { ...step, state: 'skipped' } : step)),
  };
}
