import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import { type TaskId, taskId } from '#shared/model/ids.ts';
import { type Plan, planSchema } from '#shared/model/plan.ts';
import { hasEnded, type Task, taskSchema } from '#shared/model/task.ts';
import { olderThan, whereOf } from './activityQuery.ts';
import type { Db } from './database.ts';
import { parseRecord, readRows, text, write } from './records.ts';

/**
 * `note`: what a step journalled in its middle. `turned`: from here on the task takes back what it did (value: why).
 * `undone` follows `started` or `done` of the same step.
 */
export type FactKind = 'started' | 'note' | 'done' | 'turned' | 'undone';

export interface Fact {
  readonly stepId: string;
  readonly kind: FactKind;
  readonly at: number;
  readonly value: unknown;
}

export interface TaskRecords {
  /** The task and its plan, before anything of it is done. */
  add(task: Task, plan: Plan, idempotencyKey: string | undefined): void;
  save(task: Task): void;
  fact(id: TaskId, fact: Fact): void;
  facts(id: TaskId): readonly Fact[];
  get(id: TaskId): Task | undefined;
  plan(id: TaskId): Plan | undefined;
  /** Newest first; those that may fit the filter, to be judged by `fitsActivity`. */
  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly Task[];
  unended(): readonly Task[];
  /** The newest of those that have ended. */
  ended(limit: number): readonly Task[];
  byIdempotencyKey(key: string): TaskId | undefined;
}

export function openTaskRecords(db: Db, reportDamage: (what: string) => void): TaskRecords {
  const parse = (json: string | undefined) => parseRecord(taskSchema, json, reportDamage, 'A task');
  return {
    add: (task, plan, key) =>
      write(`Journal the task "${task.title}"`, () => {
        db.prepare(
          'INSERT INTO tasks (id, created_at, ended, idempotency_key, record, plan) VALUES (?, ?, ?, ?, ?, ?)',
        ).run(
          task.id,
          task.createdAt,
          Number(hasEnded(task.state)),
          key ?? null,
          JSON.stringify(task),
          JSON.stringify(plan),
        );
      }),
    save: (task) =>
      write(`Journal the task "${task.title}"`, () => {
        db.prepare('UPDATE tasks SET record = ?, ended = ? WHERE id = ?').run(
          JSON.stringify(task),
          Number(hasEnded(task.state)),
          task.id,
        );
      }),
    fact: (id, fact) =>
      write(`Journal what task ${id} did`, () => {
        db.prepare('INSERT INTO task_facts (task_id, step_id, kind, at, value) VALUES (?, ?, ?, ?, ?)').run(
          id,
          fact.stepId,
          fact.kind,
          fact.at,
          JSON.stringify(fact.value ?? null),
        );
      }),
    facts: (id) =>
      readRows(
        db,
        'SELECT step_id, kind, at, value FROM task_facts WHERE task_id = ? ORDER BY number',
        id,
      ).flatMap((row) => {
        const kind = factKind(text(row, 'kind'));
        const at = row.get('at');
        return kind === undefined
          ? []
          : [
              {
                stepId: text(row, 'step_id') ?? '',
                kind,
                at: typeof at === 'number' ? at : 0,
                value: JSON.parse(text(row, 'value') ?? 'null'),
              },
            ];
      }),
    get(id) {
      const [row] = readRows(db, 'SELECT record FROM tasks WHERE id = ?', id);
      return row === undefined ? undefined : parse(text(row, 'record'));
    },
    plan(id) {
      const [row] = readRows(db, 'SELECT plan FROM tasks WHERE id = ?', id);
      return row === undefined
        ? undefined
        : parseRecord(planSchema, text(row, 'plan'), reportDamage, `The plan of task ${id}`);
    },
    list(filter, limit, before) {
      const where = whereOf('created_at', filter, [filter.object, filter.who, filter.text]);
      const older = olderThan('created_at', before);
      return readRows(
        db,
        `SELECT record FROM tasks WHERE ${[...where.conditions, ...older.conditions].join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT ?`,
        ...where.parameters,
        ...older.parameters,
        limit,
      ).flatMap((row) => parse(text(row, 'record')) ?? []);
    },
    ended: (limit) =>
      readRows(
        db,
        'SELECT record FROM tasks WHERE ended = 1 ORDER BY created_at DESC, id DESC LIMIT ?',
        limit,
      ).flatMap((row) => parse(text(row, 'record')) ?? []),
    unended: () =>
      readRows(db, 'SELECT record FROM tasks WHERE ended = 0 ORDER BY created_at').flatMap(
        (row) => parse(text(row, 'record')) ?? [],
      ),
    byIdempotencyKey(key) {
      const [row] = readRows(db, 'SELECT id FROM tasks WHERE idempotency_key = ?', key);
      const id = row === undefined ? undefined : text(row, 'id');
      return id === undefined ? undefined : taskId(id);
    },
  };
}

function factKind(value: string | undefined): FactKind | undefined {
  switch (value) {
    case 'started':
    case 'note':
    case 'done':
    case 'turned':
    case 'undone':
      return value;
    default:
      return undefined;
  }
}
