import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityEvent } from '#shared/model/event.ts';
import type { Host } from '#shared/model/host.ts';
import { taskId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Vm } from '#shared/model/vm.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { type History, openHistory } from '../store/history.ts';
import { Recorder } from './recorder.ts';

const home = someHost('server-a', { lastSeenAt: 1 });
const other = someHost('server-b', { lastSeenAt: 1 });
const silent: Host['connection'] = {
  state: 'unreachable',
  since: 0,
  retryAt: 0,
  error: { code: 'host-unreachable', message: 'Connect to server-a: no route to host.' },
};
const web = someVm('web-01', home);
const host = (value: Host): LivePatch => ({ kind: 'host', value });
const vm = (value: Vm): LivePatch => ({ kind: 'vm', value });

describe('events of the inventory', () => {
  let folder: string;
  let history: History;
  let clock: ManualClock;
  let recorder: Recorder;
  const complaints: string[] = [];

  const open = () => {
    history = openHistory(folder, (what) => complaints.push(what));
    recorder = new Recorder({ clock, store: history.events });
    const hosts = new FakeHosts();
    hosts.clock = clock;
    for (const each of [home, other]) recorder.attach(each, hosts.host(each.address).driver());
  };
  const stop = () => {
    recorder.close();
    history.close();
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-events-'));
    clock = new ManualClock();
    open();
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
    expect(complaints.splice(0)).toEqual([]);
  });

  /** What is told of a batch of patches. */
  const hear = (...patches: readonly LivePatch[]): readonly ActivityEvent[] => {
    const heard: ActivityEvent[] = [];
    const end = recorder.subscribe((events) => heard.push(...events));
    recorder.heard(patches);
    end();
    return heard;
  };
  const take = (...patches: readonly LivePatch[]) => hear(...patches).map(({ kind, text }) => [kind, text]);
  const watched = (...first: readonly LivePatch[]) => {
    expect(hear(...first)).toEqual([]);
    return take;
  };

  it('says nothing of what is there when a host first tells what it has, only of what comes later', () => {
    const { lastSeenAt: _, ...fresh } = home;
    const take = watched(host(fresh), host(home), vm(web));
    expect(take(vm(someVm('web-02', home)))).toEqual([['vm-appeared', 'web-02 is defined on server-a.']]);
    expect(take({ kind: 'vm-gone', id: web.id })).toEqual([
      ['vm-gone', 'web-01 is no longer defined on server-a.'],
    ]);
  });

  it('tells the moves between states, by whom they were made', () => {
    const take = watched(host(home), vm(web));
    expect(take(vm({ ...web, state: 'paused' }))).toEqual([['vm-paused', 'web-01 was paused.']]);
    expect(take(vm(web))).toEqual([['vm-resumed', 'web-01 was resumed.']]);
    expect(take(vm({ ...web, state: 'inactive', reason: 'crashed' }))).toEqual([
      ['vm-stopped', 'web-01 stopped: its guest crashed.'],
    ]);
    expect(take(vm({ ...web, vcpus: 4, state: 'inactive' }))).toEqual([]);
    expect(take(vm(web))).toEqual([['vm-started', 'web-01 was started on server-a.']]);
  });

  it('tells of a task what came of it, and not each state on the way', () => {
    watched(host(home), host(other), vm(web));
    const held = { ...web, heldBy: taskId('task-1') };
    const steps: readonly Vm[] = [held, { ...held, state: 'paused' }, { ...held, hostId: other.id }];
    expect(take(...steps.map(vm))).toEqual([]);
    expect(hear(vm({ ...web, hostId: other.id }))).toMatchObject([
      {
        kind: 'vm-moved',
        clusterId: web.clusterId,
        hostIds: [home.id, other.id],
        vmId: web.id,
        vmName: 'web-01',
        text: 'web-01 moved from server-a to server-b.',
        taskId: 'task-1',
      },
    ]);
  });

  it('tells once that a host is lost, and what changed meanwhile when it is back', () => {
    const take = watched(host(home), vm(web));
    const lost = { ...home, connection: silent };
    expect(take(host(lost), vm({ ...web, current: false }))).toEqual([
      ['host-lost', 'server-a does not answer: Connect to server-a: no route to host.'],
    ]);
    expect(take(host({ ...lost, connection: { state: 'connecting', since: 0 } }), host(lost))).toEqual([]);
    expect(take(host(home), vm({ ...web, state: 'inactive' }))).toEqual([
      ['host-back', 'server-a answers again.'],
      ['vm-stopped', 'web-01 stopped while its host was not heard from.'],
    ]);
  });

  it('compares what was kept of the last session with what is found', () => {
    const take = watched(
      host({ ...home, connection: { state: 'connecting', since: 0 } }),
      vm({ ...web, current: false }),
    );
    expect(take(host(home), vm({ ...web, state: 'inactive' }))).toEqual([
      ['vm-stopped', 'web-01 stopped while its host was not heard from.'],
    ]);
  });

  it('says nothing of VMs that go with their host', () => {
    watched(host(home), vm(web));
    recorder.detach(home.id);
    expect(take({ kind: 'host-gone', id: home.id }, { kind: 'vm-gone', id: web.id })).toEqual([]);
  });

  it('says after a restart what changed while no Drover ran, once', async () => {
    watched(host(home), vm(web));
    for (const expected of [[['vm-stopped', 'web-01 stopped while its host was not heard from.']], []]) {
      stop();
      await clock.advance(60_000);
      open();
      watched(
        host({ ...home, connection: { state: 'connecting', since: 0 } }),
        vm({ ...web, state: 'inactive', current: false }),
      );
      expect(take(host(home), vm({ ...web, state: 'inactive' }))).toEqual(expected);
    }
    expect(recorder.recent().map(({ kind }) => kind)).toEqual(['vm-stopped']);
  });

  it('has the time of its cluster beside that of this computer', () => {
    const hosts = new FakeHosts();
    const clusterClock = new ManualClock();
    clusterClock.set(7);
    hosts.clock = clusterClock;
    recorder.attach(home, hosts.host(home.address).driver());
    watched(host(home), vm(web));
    const [paused] = hear(vm({ ...web, state: 'paused' }));
    expect(paused).toMatchObject({ at: Math.round(clock.now()), clusterAt: 7 });
  });
});
