import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hasEnded } from '#shared/model/task.ts';
import { type Backend, startBackend } from './backend.ts';
import { FakeHosts, fakeDomain } from './drivers/testing/fakeHosts.ts';
import { readNumber } from './store/database.ts';

const uuid = '11111111-2222-3333-4444-555555555555';

let dataFolder: string;
let backend: Backend;
const databases = new Set<Database.Database>();

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'drover-full-'));
  const pragma = Database.prototype.pragma;
  vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (this: Database.Database, ...words) {
    databases.add(this);
    return pragma.apply(this, words);
  });
  const hosts = new FakeHosts();
  hosts.host('ssh://root@alpha').put(fakeDomain(uuid, 'web-01'));
  backend = await startBackend({ dataFolder, mode: 'command', openDriver: hosts.openDriver });
});
afterEach(async () => {
  await backend.stop();
  vi.restoreAllMocks();
  databases.clear();
  rmSync(dataFolder, { recursive: true, force: true });
});

it('tasks succeed, events are told and hosts are measured while history.db has no room', async () => {
  const client = backend.client({ who: 'tester@here', via: 'command' });
  await client.hosts.add({ address: 'ssh://root@alpha', clusterName: 'lab', credentials: {} });
  await expect.poll(async () => (await client.live.snapshot()).vms.length).toBe(1);
  const history = [...databases].find((db) =>
    JSON.stringify(db.pragma('database_list')).includes('history.db'),
  );
  if (history === undefined) throw new Error('history.db is not open');
  // SQLite itself says that it is full, at the pages it has.
  const pages = readNumber(history, 'PRAGMA page_count', 'page_count');
  readNumber(history, `PRAGMA max_page_count = ${pages}`, 'max_page_count');
  const complaints = vi.spyOn(console, 'error').mockReturnValue(undefined);

  const [vm] = (await client.live.snapshot()).vms;
  if (vm === undefined) throw new Error('no VM');
  let done = 0;
  for (; complaints.mock.calls.length === 0 || done % 2 === 1; done += 1) {
    const verb = done % 2 === 0 ? 'pause' : 'resume';
    const { taskId } = await client.vms.act({ vmId: vm.id, action: { verb } });
    await expect.poll(async () => hasEnded((await client.tasks.get({ taskId })).state)).toBe(true);
    expect((await client.tasks.get({ taskId })).state).toBe('succeeded');
    // Writes what has happened.
    await client.activity.list({ filter: {}, limit: 1 });
  }
  expect(complaints.mock.calls[0]).toEqual([expect.stringMatching(/history\.db: the disk is full/)]);
  const told = async () => (await client.live.snapshot()).events.length;
  await expect.poll(told).toBe(Math.min(done, 100));
  for await (const samples of await client.live.samples()) if (samples.vms.vmIds.length > 0) break;

  readNumber(history, 'PRAGMA max_page_count = 1000000', 'max_page_count');
  const { entries } = await client.activity.list({ filter: { what: 'events' }, limit: 500 });
  expect(entries).toHaveLength(done);
});
