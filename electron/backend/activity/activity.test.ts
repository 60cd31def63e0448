import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActivityFilter, placeOf } from '#shared/model/activity.ts';
import { type TaskId, taskId } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import { someCluster, someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { type ActivityEvents, openActivityEvents } from '../store/activityEvents.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { Activity } from './activity.ts';

const home = someHost('server-a', { lastSeenAt: 1 });
const web = someVm('web-01', home);
const plan: Plan = {
  kind: 'x',
  title: 'x',
  subject: { hostIds: [] },
  claims: [],
  steps: [],
  warnings: [],
  rejected: [],
};
const complain = (what: string) => {
  throw new Error(what);
};

let folder: string;
let journal: Journal;
let events: ActivityEvents;
const clock = new ManualClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-activity-'));
  journal = openJournal(folder, complain);
  events = openActivityEvents(folder, complain);
});
afterEach(() => {
  journal.close();
  events.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(): Activity {
  return new Activity({
    clock,
    clusterNow: () => 7,
    clusterOf: () => someCluster,
    events,
    tasks: (filter, limit, before) => journal.tasks.list(filter, limit, before),
  });
}

function keepTask(name: string, createdAt: number, changes: Partial<Task> = {}): TaskId {
  const id = taskId(name);
  const task: Task = {
    id,
    kind: 'start',
    title: `Start ${name}`,
    subject: { clusterId: someCluster, vmName: name, hostIds: [home.id] },
    requestedBy: { who: 'maria', via: 'desktop' },
    state: 'succeeded',
    createdAt,
    steps: [],
    warnings: [],
    log: [],
    ...changes,
  };
  journal.tasks.add(task, plan, undefined);
  return id;
}

const ids = (activity: Activity, filter: ActivityFilter): readonly string[] =>
  activity.list(filter, 100, undefined).entries.map((entry) => placeOf(entry).id);

describe('activity', () => {
  it('is read page by page to the very first, tasks and events in one order, none twice', () => {
    const activity = opened();
    for (let number = 0; number < 25; number += 1) {
      // Several at one moment.
      keepTask(`task-${number}`, Math.floor(number / 4));
      clock.set(1);
      activity.follow([
        { kind: 'host', value: home },
        { kind: 'vm', value: { ...web, state: number % 2 === 0 ? 'active' : 'paused' } },
      ]);
    }
    const all: string[] = [];
    for (let page = activity.list({}, 7, undefined); ; page = activity.list({}, 7, page.next)) {
      all.push(...page.entries.map((entry) => placeOf(entry).id));
      if (page.next === undefined) break;
    }
    expect(all).toHaveLength(25 + 24);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(ids(activity, {}));
  });

  it('finds by what is asked, whatever letters it has', () => {
    const activity = opened();
    const failed = keepTask('web-01', 2000, {
      kind: 'migration',
      state: 'failed',
      error: { code: 'no-room', message: 'server-b has 100 % of its memory "promised"' },
    });
    const queued = keepTask('büro-7', 3000, {
      state: 'running',
      requestedBy: { who: 'Jürgen', via: 'command' },
      log: [{ at: 0, level: 'info', text: 'asked host_2' }],
    });
    const done = keepTask('web-02', 4000);
    expect(ids(activity, { state: 'failed' })).toEqual([failed]);
    expect(ids(activity, { state: 'running' })).toEqual([queued]);
    expect(ids(activity, { kind: 'start' })).toEqual([done, queued]);
    expect(ids(activity, { object: 'WEB' })).toEqual([done, failed]);
    expect(ids(activity, { who: 'jürgen' })).toEqual([queued]);
    expect(ids(activity, { who: 'MARIA', from: 2000, to: 4000 })).toEqual([failed]);
    expect(ids(activity, { text: '100 % of its memory "promised"' })).toEqual([failed]);
    expect(ids(activity, { text: 'host_2' })).toEqual([queued]);
    expect(ids(activity, { text: 'host%2' })).toEqual([]);
    expect(ids(activity, { what: 'events' })).toEqual([]);
  });

  it('keeps events for the next start, and none of a cluster that is removed', () => {
    const activity = opened();
    activity.follow([
      { kind: 'host', value: home },
      { kind: 'vm', value: web },
    ]);
    activity.follow([{ kind: 'vm', value: { ...web, state: 'paused' } }]);
    const [event] = activity.recent();
    expect(event).toMatchObject({ kind: 'vm-paused', clusterAt: 7, vmName: 'web-01' });
    expect(opened().recent()).toEqual([event]);
    expect(ids(activity, { object: 'web', what: 'events' })).toEqual([event?.id]);
    events.forget(someCluster);
    expect(opened().recent()).toEqual([]);
  });

  it('is told by the clock of one cluster too, with how tasks ended that were seen under way', () => {
    const activity = opened();
    activity.follow([
      { kind: 'host', value: home },
      { kind: 'vm', value: web },
    ]);
    activity.follow([{ kind: 'vm', value: { ...web, state: 'paused', reason: 'user' } }]);
    const id = keepTask('web-01', 1);
    const task = journal.tasks.get(id);
    if (task === undefined) throw new Error('the task was not kept');
    activity.followTask({ ...task, id: taskId('never-seen') });
    activity.followTask({ ...task, state: 'running' });
    activity.followTask({ ...task, state: 'failed' });
    activity.followTask({ ...task, state: 'failed' });
    expect(activity.ofCluster(someCluster, 0, 7, 10)).toEqual([
      { at: 7, kind: 'vm-paused', text: 'web-01 was paused', hostIds: [home.id], vmId: web.id },
      { at: 7, kind: 'task-failed', text: 'Start web-01: failed', hostIds: [home.id], taskId: id },
    ]);
    expect(activity.ofCluster(someCluster, 8, 9, 10)).toEqual([]);
    events.forget(someCluster);
    expect(activity.ofCluster(someCluster, 0, 7, 10)).toEqual([]);
  });
});
