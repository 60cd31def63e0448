import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterId, type TaskId, taskId, vmId } from '#shared/model/ids.ts';
import type { PlanRequest } from '#shared/model/plan.ts';
import { hasEnded, type Requester, type Task } from '#shared/model/task.ts';
import { wallClock } from '../clock/clock.ts';
import { ClaimLedger } from '../inventory/claims.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import type { TaskRecords } from '../store/taskRecords.ts';
import { TaskRunner } from './runner.ts';
import type { TaskKind } from './step.ts';
import { Buckets, bucketKind, bucketPlan, counter } from './testing/buckets.ts';

const requester: Requester = { who: 'tester@here', via: 'command' };
const names = ['red', 'green', 'blue'];

let folder: string;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-runner-'));
  journal = openJournal(folder, () => undefined);
});

afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const ids = counter('task-');

function runnerOf(
  kind: TaskKind<Buckets>,
  records: TaskRecords = journal.tasks,
  claims = new ClaimLedger(),
): TaskRunner {
  const runner = new TaskRunner({
    records,
    claims,
    clock: { ...wallClock, after: (ms, callback) => wallClock.after(Math.min(ms, 5), callback) },
    newId: ids,
  });
  runner.register(kind);
  return runner;
}

function until(runner: TaskRunner, id: TaskId, test: (task: Task) => boolean): Promise<Task> {
  return new Promise((resolve) => {
    const look = (task: Task) => {
      if (task.id !== id || !test(task)) return;
      end();
      resolve(task);
    };
    const end = runner.subscribe(look);
    look(runner.get(id));
  });
}

const ended = (task: Task) => hasEnded(task.state);

describe('the task runner', () => {
  it('runs every step, keeps the figures and the log', async () => {
    const world = new Buckets();
    const runner = runnerOf(bucketKind(world));
    const task = await until(runner, runner.start(bucketPlan(names), requester), ended);
    expect(task).toMatchObject({
      state: 'succeeded',
      outcome: 'All buckets are full.',
      requestedBy: requester,
    });
    expect(task.steps.map((step) => step.state)).toEqual(['done', 'done', 'done']);
    expect([...world.full]).toEqual(names);
    expect(runner.list({}, 10, undefined)).toEqual([task]);
  });

  it('tells what was asked of a task that failed, so that it can be planned anew, and why not of others', async () => {
    const request: PlanRequest = {
      kind: 'act',
      vmId: vmId(clusterId('c'), 'u'),
      action: { verb: 'start' },
    };
    const failing = runnerOf({ ...bucketKind(new Buckets(), new Set(['blue'])), kind: 'start' });
    const plan = { ...bucketPlan(['blue']), kind: 'start' };
    const failed = await until(failing, failing.start({ ...plan, request }, requester), ended);
    expect(failing.requestOf(failed.id)).toEqual(request);
    const older = await until(failing, failing.start(plan, requester), ended);
    expect(() => failing.requestOf(older.id)).toThrow(/an older Drover made it/);
    const fine = runnerOf(bucketKind(new Buckets()));
    const done = await until(fine, fine.start(bucketPlan(names), requester), ended);
    expect(() => fine.requestOf(done.id)).toThrow(/It succeeded, so there is nothing to try again/);
  });

  it('takes back what was done when a step fails, and says why', async () => {
    const world = new Buckets();
    const runner = runnerOf(bucketKind(world, new Set(['blue'])));
    const task = await until(runner, runner.start(bucketPlan(names), requester), ended);
    expect(task.state).toBe('failed');
    expect(task.error?.message).toContain('blue leaks');
    expect(task.steps.map((step) => step.state)).toEqual(['undone', 'undone', 'undone']);
    expect(world.full.size).toBe(0);
  });

  it('cancels between steps and takes back what was done', async () => {
    let runner: TaskRunner;
    const world = new Buckets((moment) => {
      if (moment === 'after red') runner.cancel(id);
    });
    runner = runnerOf(bucketKind(world));
    const id = runner.start(bucketPlan(names), requester);
    const task = await until(runner, id, ended);
    expect(task.state).toBe('cancelled');
    expect(world.full.size).toBe(0);
    expect(() => runner.cancel(id)).toThrow(/has ended already/);
  });

  it('stays undecided while the world is silent, and resolves itself when it answers', async () => {
    const world = new Buckets((moment) => {
      if (moment === 'after green' && world.answers) {
        world.answers = false;
        throw new Error('cut');
      }
    });
    const runner = runnerOf(bucketKind(world));
    const id = runner.start(bucketPlan(names), requester);
    const undecided = await until(runner, id, (task) => task.state === 'undecided');
    expect(undecided).toMatchObject({ outcome: 'The well does not answer.', error: { code: 'bug' } });
    expect(() => runner.cancel(id)).toThrow(/does not answer/);
    world.answers = true;
    for (const wake of world.wakers) wake();
    expect((await until(runner, id, ended)).state).toBe('succeeded');
    expect(world.wakers.size).toBe(0);
  });

  it('gives the same task for the same idempotency key', async () => {
    const runner = runnerOf(bucketKind(new Buckets()));
    const first = runner.start(bucketPlan(names), requester, 'once-only');
    expect(runner.start(bucketPlan(names), requester, 'once-only')).toBe(first);
    await until(runner, first, ended);
  });

  it('refuses what another task holds, names that task, and lets go of it in the end', async () => {
    const claims = new ClaimLedger();
    const vm = vmId(clusterId('c'), 'u');
    const plan = { ...bucketPlan(names), claims: [{ kind: 'vm' as const, vmId: vm }] };
    const runner = runnerOf(bucketKind(new Buckets()), journal.tasks, claims);
    claims.claim(taskId('other'), 'Move the well', plan.claims);
    expect(() => runner.start(plan, requester)).toThrow(/"Move the well" is working on it/);
    expect(runner.list({}, 10, undefined)).toEqual([]);
    claims.release(taskId('other'));
    await until(runner, runner.start(plan, requester), ended);
    expect(claims.all()).toEqual([]);
  });

  it('does nothing that cannot be journalled, and takes back what was done before', async () => {
    const world = new Buckets();
    let writes = 0;
    const full: TaskRecords = {
      ...journal.tasks,
      fact(id, fact) {
        writes += 1;
        if (writes > 4) throw new Error('SQLITE_FULL');
        journal.tasks.fact(id, fact);
      },
    };
    const runner = runnerOf(bucketKind(world), full);
    const task = await until(runner, runner.start(bucketPlan(names), requester), ended);
    expect(task.state).toBe('failed');
    expect(world.full.size).toBe(0);
  });

  it('ends all done or all undone, and says which, wherever it is killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 40 }),
        fc.nat({ max: 20 }),
        fc.constantFrom<readonly string[]>([], ['green'], ['blue']),
        async (firstKill, secondKill, failing) => {
          const world = { full: new Set<string>() };
          let task: Task | undefined;
          const id = ids();
          for (const kill of [firstKill, secondKill, Number.POSITIVE_INFINITY]) {
            task = await runUntilKilled(world, new Set(failing), kill, id);
            if (task !== undefined && ended(task)) break;
          }
          expect(task === undefined || ended(task)).toBe(true);
          if (task === undefined) return;
          expect([...world.full].sort()).toEqual(task.state === 'succeeded' ? [...names].sort() : []);
          expect(['succeeded', 'failed']).toContain(task.state);
        },
      ),
      { numRuns: 150 },
    );
    // Every touch of the journal is synced, which a busy machine makes long.
  }, 120_000);

  /** A runner that dies at its n-th touch of journal or world; the next call takes up where it left. */
  async function runUntilKilled(
    world: { readonly full: Set<string> },
    failing: ReadonlySet<string>,
    kill: number,
    id: TaskId,
  ): Promise<Task | undefined> {
    let touches = 0;
    const dead = new Promise<'dead'>((resolve) => {
      die = () => resolve('dead');
    });
    const touch = () => {
      touches += 1;
      if (touches > kill) {
        die();
        throw new Error('killed');
      }
    };
    const buckets = new Buckets(touch);
    Object.assign(buckets, { full: world.full });
    const records: TaskRecords = {
      ...journal.tasks,
      add: (...words) => {
        touch();
        journal.tasks.add(...words);
      },
      fact: (...words) => {
        touch();
        journal.tasks.fact(...words);
        touch();
      },
      save: (...words) => {
        touch();
        journal.tasks.save(...words);
      },
    };
    const runner = new TaskRunner({
      records,
      claims: new ClaimLedger(),
      clock: { ...wallClock, now: () => 0, after: (_ms, callback) => wallClock.after(0, callback) },
      newId: () => id,
    });
    runner.register(bucketKind(buckets, failing));
    const before = journal.tasks.get(id);
    try {
      if (before === undefined) runner.start(bucketPlan(names), requester);
      else runner.recover();
    } catch {
      return undefined;
    }
    const outcome = await Promise.race([until(runner, id, ended), dead]);
    if (outcome === 'dead') {
      await runner.stop(0);
      return journal.tasks.get(id);
    }
    return journal.tasks.get(id);
  }

  let die: () => void = () => undefined;
});
