import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clusterMetrics, hostMetrics, type Samples, vmMetrics } from '#shared/model/samples.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { Recorder } from '../activity/recorder.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { readNumber } from './database.ts';
import { type History, openHistory } from './history.ts';

const home = someHost('server-a', { lastSeenAt: 1 });
const web = someVm('web-01', home);
const minute = 60_000;

let folder: string;
let clock: ManualClock;
let history: History;
let recorder: Recorder;
const opened: Database.Database[] = [];
const complaints: string[] = [];

/** SQLite itself says that it is full at this many pages: by default at those it has. */
function leaveRoom(pages?: number): void {
  const [disk] = opened;
  if (disk === undefined) throw new Error('history.db is not open');
  const most = pages ?? readNumber(disk, 'PRAGMA page_count', 'page_count');
  readNumber(disk, `PRAGMA max_page_count = ${most}`, 'max_page_count');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-full-'));
  clock = new ManualClock();
  complaints.length = 0;
  opened.length = 0;
  const pragma = Database.prototype.pragma;
  vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (this: Database.Database, ...words) {
    opened.push(this);
    return pragma.apply(this, words);
  });
  history = openHistory(folder, (what) => complaints.push(what), clock);
  recorder = new Recorder({ clock, store: history.events });
  const hosts = new FakeHosts();
  hosts.clock = clock;
  recorder.attach(home, hosts.host(home.address).driver());
  recorder.heard([
    { kind: 'host', value: home },
    { kind: 'vm', value: web },
  ]);
});
afterEach(() => {
  vi.restoreAllMocks();
  recorder.close();
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

it('events of a full disk are told as they happen, wait, and are kept once there is room', async () => {
  recorder.kept();
  leaveRoom();
  const told: string[] = [];
  recorder.subscribe((events) => told.push(...events.map(({ kind }) => kind)));
  const changes = 400;
  for (let number = 0; number < changes; number += 1) {
    recorder.heard([{ kind: 'vm', value: { ...web, state: number % 2 === 0 ? 'paused' : 'active' } }]);
    if (number % 100 === 0) await clock.advance(1000);
  }
  await clock.advance(minute);
  expect(told).toHaveLength(changes);
  expect(recorder.kept().list({}, 1000, undefined).length).toBeLessThan(changes);
  expect(complaints).toEqual([expect.stringMatching(/history\.db: the disk is full\. Free some space/)]);

  leaveRoom(1_000_000);
  await clock.advance(minute);
  expect(recorder.kept().list({}, 1000, undefined)).toHaveLength(changes);
  expect(recorder.kept().standings().get(web.id)?.state).toBe('active');
  expect(complaints).toHaveLength(1);
});

it('measurements of a full disk are a gap, and go on once there is room', () => {
  const column = (names: readonly string[], count: number) =>
    Object.fromEntries(names.map((name) => [name, Array.from({ length: count }, () => 0.5)]));
  const record = (from: number, to: number) => {
    for (let at = from; at < to; at += 2000) {
      const samples = {
        hosts: { at, hostIds: [home.id], ...column(hostMetrics, 1) },
        vms: { at, vmIds: [web.id], ...column(vmMetrics, 1) },
        clusters: { at, clusterIds: [home.clusterId], ...column(clusterMetrics, 1) },
      } as unknown as Samples;
      history.append(samples, home.clusterId, 2000);
    }
  };
  const read = (to: number) =>
    history.read({
      subject: { kind: 'host', id: home.id },
      metrics: ['cpuShare'],
      spanMs: 5 * minute,
      to,
      points: 500,
    });
  record(0, 5 * minute);
  leaveRoom();
  record(5 * minute, 60 * minute);
  const full = read(60 * minute);
  expect(full.trouble).toMatchObject({ code: 'disk-full' });
  expect([...new Set(complaints)]).toEqual([expect.stringMatching(/history\.db: the disk is full/)]);
  complaints.length = 0;

  leaveRoom(1_000_000);
  record(60 * minute, 75 * minute);
  const after = read(75 * minute);
  expect(after.trouble).toBeUndefined();
  expect(after.at.length).toBeGreaterThan(100);
  expect(complaints).toEqual([]);
});

it('history that cannot even be opened for want of room is opened once there is', async () => {
  const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  const exec = vi.spyOn(Database.prototype, 'exec').mockImplementation(() => {
    throw full;
  });
  const other = join(folder, 'other');
  const said: string[] = [];
  const late = openHistory(other, (what) => said.push(what), clock);
  const recording = new Recorder({ clock, store: late.events });
  const hosts = new FakeHosts();
  hosts.clock = clock;
  recording.attach(home, hosts.host(home.address).driver());
  recording.heard([
    { kind: 'host', value: home },
    { kind: 'vm', value: web },
  ]);
  await clock.advance(minute);
  expect(said).toEqual([expect.stringMatching(/^Open .*history\.db: the disk is full/)]);
  exec.mockRestore();
  await clock.advance(minute);
  expect(late.events.ofVm(web.id, 10, undefined).map(({ kind }) => kind)).toEqual(['vm-seen']);
  recording.close();
  late.close();
});
