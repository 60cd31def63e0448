import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TaskId, taskId, type VmId } from '#shared/model/ids.ts';
import { type Task, taskSchema } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmHistoryEntry } from '#shared/model/vmHistory.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { type History, openHistory } from '../store/history.ts';
import { Recorder } from './recorder.ts';
import { readVmHistory } from './vmHistory.ts';

const alpha = someHost('alpha');
const beta = someHost('beta');
const web = someVm('web-01', alpha);
const minute = 60_000;

function someTask(id: string, kind: string, vm: Vm, finishedAt: number): Task {
  return taskSchema.parse({
    id: taskId(id),
    kind,
    title: `${kind} ${vm.name}`,
    subject: { clusterId: vm.clusterId, vmId: vm.id, vmName: vm.name, hostIds: [vm.hostId] },
    requestedBy: { who: 'ana@desk', via: 'desktop' },
    state: 'succeeded',
    createdAt: finishedAt,
    finishedAt,
    steps: [],
    warnings: [],
    log: [],
  });
}

/** An entry in a line. */
function line(entry: VmHistoryEntry): string {
  switch (entry.kind) {
    case 'task':
      return [entry.task.title, ...entry.changes.map(({ to }) => `${to.state}@${to.hostName}`)].join(' -> ');
    case 'change':
      return `${entry.change.from.state}@${entry.change.from.hostName} to ${entry.change.to.state}@${entry.change.to.hostName}`;
    case 'seen':
      return `seen ${entry.standing.state}@${entry.standing.hostName}`;
    case 'gone':
      return `gone from ${entry.from.hostName}`;
    case 'gap':
      return `gap of ${(entry.at - entry.since) / minute} min on ${entry.hostName}`;
    default:
      return entry satisfies never;
  }
}

describe("a VM's history", () => {
  let folder: string;
  let clock: ManualClock;
  let history: History;
  let recorder: Recorder;
  const tasks = new Map<TaskId, Task>();
  const complaints: string[] = [];

  const open = () => {
    history = openHistory(folder, (what) => complaints.push(what));
    recorder = new Recorder({ clock, store: history.events });
    const hosts = new FakeHosts();
    hosts.clock = clock;
    for (const { id, clusterId, name, address } of [alpha, beta]) {
      const definition = { id, clusterId, name, address, declaredDead: false };
      recorder.attach(definition, hosts.host(address).driver());
    }
  };
  const stop = () => {
    recorder.close();
    history.close();
  };
  const sees = (...vms: readonly Vm[]) => recorder.heard(vms.map((value) => ({ kind: 'vm', value })));
  const ends = (task: Task) => {
    tasks.set(task.id, task);
    recorder.task(task);
  };
  const read = (limit = 100, before?: number, vmId: VmId = web.id) => {
    return readVmHistory(
      {
        events: recorder.kept(),
        task: (id) => tasks.get(id),
        running: [],
        now: (vm) => recorder.now(vm),
      },
      { vmId, limit, before },
    );
  };
  const lines = (limit?: number, before?: number) => read(limit, before).entries.map(line);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-history-'));
    clock = new ManualClock();
    tasks.clear();
    complaints.length = 0;
    open();
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
    expect(complaints).toEqual([]);
  });

  it('tells what a task did under that task, and what nobody asked for by itself', async () => {
    sees(web);
    await clock.advance(minute);
    const pausing = taskId('task-1');
    sees({ ...web, heldBy: pausing });
    sees({ ...web, heldBy: pausing, state: 'paused', reason: 'user' });
    sees({ ...web, state: 'paused', reason: 'user' });
    ends(someTask('task-1', 'pause', web, clock.now()));
    await clock.advance(minute);
    sees({ ...web, state: 'inactive', reason: 'destroyed' });
    expect(lines()).toEqual([
      'paused@alpha to inactive@alpha',
      'pause web-01 -> paused@alpha',
      'seen active@alpha',
    ]);
  });

  it('counts what a host tells just after a task ended to that task, and later things not', async () => {
    sees(web);
    ends(someTask('task-1', 'migration', web, clock.now()));
    sees({ ...web, hostId: beta.id, reason: 'migrated' });
    await clock.advance(minute);
    sees({ ...web, hostId: beta.id, state: 'paused', reason: 'io-error' });
    expect(lines()).toEqual([
      'active@beta to paused@beta',
      'migration web-01 -> active@beta',
      'seen active@alpha',
    ]);
  });

  it('knows of an earlier Drover, and says in which time nobody watched', async () => {
    sees(web);
    await clock.advance(minute);
    stop();
    await clock.advance(10 * minute);
    open();
    // What was last known, until the host has told.
    sees({ ...web, current: false });
    sees({ ...web, state: 'inactive', reason: 'shutdown' });
    expect(lines()).toEqual([
      'active@alpha to inactive@alpha',
      'gap of 10 min on alpha',
      'seen active@alpha',
    ]);
  });

  it('says in which time its host did not answer, and nothing of a moment', async () => {
    sees(web);
    sees({ ...web, current: false });
    await clock.advance(5000);
    sees(web);
    await clock.advance(minute);
    sees({ ...web, current: false });
    await clock.advance(3 * minute);
    sees(web);
    expect(lines()).toEqual(['gap of 3 min on alpha', 'seen active@alpha']);
  });

  it('keeps until when a host was watched that was lost before Drover ended', async () => {
    sees(web);
    sees({ ...web, current: false });
    await clock.advance(5 * minute);
    stop();
    open();
    sees({ ...web, current: false });
    await clock.advance(minute);
    sees(web);
    expect(lines()).toEqual(['gap of 6 min on alpha', 'seen active@alpha']);
  });

  it('tells that a VM is gone, but not where its host was removed from Drover', () => {
    sees(web, someVm('web-02', beta));
    recorder.heard([{ kind: 'vm-gone', id: web.id }]);
    recorder.detach(beta.id);
    recorder.heard([{ kind: 'vm-gone', id: someVm('web-02', beta).id }]);
    expect(lines()).toEqual(['gone from alpha', 'seen active@alpha']);
    expect(read(100, undefined, someVm('web-02', beta).id).entries.map(line)).toEqual(['seen active@beta']);
  });

  it('is read page by page without loss, also where much happened at one moment', async () => {
    sees(web);
    for (let number = 0; number < 40; number += 1) {
      if (number % 3 === 0) await clock.advance(minute);
      sees({ ...web, state: number % 2 === 0 ? 'paused' : 'active', reason: 'user' });
    }
    const whole = lines(500);
    const paged: string[] = [];
    for (let before: number | undefined, more = true; more; ) {
      const page = read(5, before);
      paged.push(...page.entries.map(line));
      before = page.before;
      more = before !== undefined;
    }
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(41);
  });

  it('takes up once the tasks that an earlier Drover did not come to write down', () => {
    sees(web);
    const task = someTask('task-9', 'rename', web, clock.now());
    tasks.set(task.id, task);
    recorder.takeUp([task]);
    recorder.kept();
    recorder.takeUp([task]);
    expect(lines()).toEqual(['rename web-01', 'seen active@alpha']);
  });

  it('goes with its cluster', () => {
    sees(web);
    recorder.kept();
    recorder.clusterGone(web.clusterId);
    history.forget(web.clusterId);
    expect(lines()).toEqual([]);
  });
});
