import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActivityFilter, type ActivityPlace, placeOf } from '#shared/model/activity.ts';
import { type TaskId, taskId } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import { someCluster, someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { type History, openHistory } from '../store/history.ts';
import { type Journal, openJournal } from '../store/journal.ts';
import { listActivity } from './listActivity.ts';
import { Recorder } from './recorder.ts';

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
let history: History;
const clock = new ManualClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-activity-'));
  journal = openJournal(folder, complain);
  history = openHistory(folder, complain);
});
afterEach(() => {
  journal.close();
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The clock of the cluster shows 7. */
function opened(): Recorder {
  const recorder = new Recorder({ clock, store: history.events });
  const hosts = new FakeHosts();
  const clusterClock = new ManualClock();
  clusterClock.set(7);
  hosts.clock = clusterClock;
  recorder.attach(home, hosts.host(home.address).driver());
  return recorder;
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

const page = (recorder: Recorder, filter: ActivityFilter, limit: number, before?: ActivityPlace) =>
  listActivity({ events: recorder.kept(), tasks: journal.tasks }, filter, limit, before);

const ids = (recorder: Recorder, filter: ActivityFilter): readonly string[] =>
  page(recorder, filter, 100).entries.map((entry) => placeOf(entry).id);

describe('activity', () => {
  it('is read page by page to the very first, tasks and events in one order, none twice', () => {
    const recorder = opened();
    for (let number = 0; number < 25; number += 1) {
      // Several at one moment.
      keepTask(`task-${number}`, Math.floor(number / 4));
      clock.set(1);
      recorder.heard([
        { kind: 'host', value: home },
        { kind: 'vm', value: { ...web, state: number % 2 === 0 ? 'active' : 'paused' } },
      ]);
    }
    const all: string[] = [];
    for (let part = page(recorder, {}, 7); ; part = page(recorder, {}, 7, part.next)) {
      all.push(...part.entries.map((entry) => placeOf(entry).id));
      if (part.next === undefined) break;
    }
    expect(all).toHaveLength(25 + 24);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(ids(recorder, {}));
  });

  it('finds by what is asked, whatever letters it has', () => {
    const recorder = opened();
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
    expect(ids(recorder, { state: 'failed' })).toEqual([failed]);
    expect(ids(recorder, { state: 'running' })).toEqual([queued]);
    expect(ids(recorder, { kind: 'start' })).toEqual([done, queued]);
    expect(ids(recorder, { object: 'WEB' })).toEqual([done, failed]);
    expect(ids(recorder, { who: 'jürgen' })).toEqual([queued]);
    expect(ids(recorder, { who: 'MARIA', from: 2000, to: 4000 })).toEqual([failed]);
    expect(ids(recorder, { text: '100 % of its memory "promised"' })).toEqual([failed]);
    expect(ids(recorder, { text: 'host_2' })).toEqual([queued]);
    expect(ids(recorder, { text: 'host%2' })).toEqual([]);
    expect(ids(recorder, { what: 'events' })).toEqual([]);
  });

  it('keeps events for the next start, and none of a cluster that is removed', () => {
    const recorder = opened();
    recorder.heard([
      { kind: 'host', value: home },
      { kind: 'vm', value: web },
    ]);
    recorder.heard([{ kind: 'vm', value: { ...web, state: 'paused' } }]);
    const [event] = recorder.recent();
    expect(event).toMatchObject({ kind: 'vm-paused', clusterAt: 7, vmName: 'web-01' });
    recorder.kept();
    expect(opened().recent()).toEqual([event]);
    expect(ids(recorder, { object: 'web', what: 'events' })).toEqual([event?.id]);
    history.forget(someCluster);
    expect(opened().recent()).toEqual([]);
  });

  it('is told by the clock of one cluster too, with how tasks ended', () => {
    const recorder = opened();
    recorder.heard([
      { kind: 'host', value: home },
      { kind: 'vm', value: web },
    ]);
    recorder.heard([{ kind: 'vm', value: { ...web, state: 'paused', reason: 'user' } }]);
    const id = keepTask('web-01', 1);
    const task = journal.tasks.get(id);
    if (task === undefined) throw new Error('the task was not kept');
    recorder.task({ ...task, state: 'running' });
    recorder.task({ ...task, state: 'failed' });
    recorder.task({ ...task, state: 'failed' });
    expect(recorder.kept().ofCluster(someCluster, 0, 7, 10)).toMatchObject([
      { clusterAt: 7, kind: 'vm-paused', text: 'web-01 was paused.', hostIds: [home.id], vmId: web.id },
      { clusterAt: 7, kind: 'task-failed', text: 'Start web-01: failed', hostIds: [home.id], taskId: id },
    ]);
    expect(recorder.kept().ofCluster(someCluster, 8, 9, 10)).toEqual([]);
    history.forget(someCluster);
    expect(recorder.kept().ofCluster(someCluster, 0, 7, 10)).toEqual([]);
  });
});
