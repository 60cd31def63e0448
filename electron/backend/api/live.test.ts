import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Requester, type TaskState } from '#shared/model/task.ts';
import { wallClock } from '../clock/clock.ts';
import { ClaimLedger } from '../inventory/claims.ts';
import { Inventory } from '../inventory/inventory.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { TaskRunner } from '../tasks/runner.ts';
import { Buckets, bucketKind, bucketPlan, counter } from '../tasks/testing/buckets.ts';
import { keptEndedTasks } from './keptTasks.ts';
import { liveState, watchLive } from './live.ts';

const requester: Requester = { who: 'tester@here', via: 'command' };

describe('the tasks that a client is told of', () => {
  let folder: string;
  let journal: Journal;
  let runner: TaskRunner;
  let inventory: Inventory;
  let world: Buckets;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-live-'));
    journal = openJournal(folder, () => undefined);
    const claims = new ClaimLedger();
    inventory = new Inventory({ clock: wallClock, claims, store: journal.hosts });
    let at = 0;
    // Each thing that happens has its own moment, so that "newest" is one only.
    const clock = { ...wallClock, now: () => (at += 1) };
    runner = new TaskRunner({ records: journal.tasks, claims, clock, newId: counter('task-') });
    world = new Buckets((moment) => {
      if (moment !== 'after red' || !world.answers) return;
      world.answers = false;
      throw new Error('cut');
    });
    runner.register(bucketKind(world));
  });
  afterEach(async () => {
    await runner.stop(0);
    inventory.close();
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const recorder = { recent: () => [], subscribe: () => () => undefined };
  const services = () => ({ inventory, runner, recorder, clock: wallClock });
  const stateIs = (id: TaskId, test: (state: TaskState) => boolean) =>
    expect.poll(() => test(runner.get(id).state), { interval: 1, timeout: 10_000 }).toBe(true);

  async function run(count: number): Promise<readonly TaskId[]> {
    const ids: TaskId[] = [];
    for (let each = 0; each < count; each += 1) {
      const id = runner.start(bucketPlan(['blue']), requester);
      await stateIs(id, hasEnded);
      ids.push(id);
    }
    return ids;
  }

  it('are all that have not ended, however old, and the newest hundred that have; the rest goes', async () => {
    const old = runner.start(bucketPlan(['red']), requester);
    await stateIs(old, (state) => state === 'undecided');
    const ids = await run(keptEndedTasks + 5);
    const { tasks } = liveState(services());
    expect(tasks.map((task) => task.id)).toEqual([old, ...ids.slice(5).toReversed()]);
    expect(runner.unended().map((task) => task.id)).toEqual([old]);

    const kept = new Set<TaskId>();
    const stop = new AbortController();
    const watching = (async () => {
      for await (const message of watchLive(services(), stop.signal)) {
        if (message.kind === 'snapshot') for (const task of message.state.tasks) kept.add(task.id);
        else {
          for (const patch of message.patches) {
            if (patch.kind === 'task') kept.add(patch.value.id);
            if (patch.kind === 'task-gone') kept.delete(patch.id);
          }
        }
      }
    })();
    await expect.poll(() => kept.size).toBe(keptEndedTasks + 1);
    const [newest] = await run(1);
    // The oldest of all ends last, and is not the one that goes for it.
    world.answers = true;
    for (const wake of world.wakers) wake();
    await stateIs(old, hasEnded);
    await expect
      .poll(() => [kept.size, kept.has(old), newest !== undefined && kept.has(newest)], { timeout: 5000 })
      .toEqual([keptEndedTasks, true, true]);
    stop.abort();
    await watching;
  });
});
