import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeBackend, type FakeBackend } from '../testing/fakeBackend.ts';
import { serverA } from '../testing/fakeCluster.ts';
import { openSession, type Session } from './session.ts';
import { systemTimers } from './timers.ts';

let session: Session | undefined;
let backend: FakeBackend;

function begin(): Session {
  backend = createFakeBackend({ now: 1_800_000_000_000 });
  session = openSession(backend.wire, systemTimers);
  return session;
}

const live = (page: Session) => vi.waitFor(() => expect(page.live.getState().freshness).toBe('live'));

afterEach(() => {
  session?.stop();
  session = undefined;
});

describe('the session with the backend', () => {
  it('keeps the live state by snapshot and patches', async () => {
    const page = begin();
    await live(page);
    backend.world.advance(2000);
    const host = backend.world.host(serverA);
    backend.world.put({ kind: 'host', value: { ...host, name: 'renamed' } });
    await vi.waitFor(() => expect(page.live.getState().hosts.get(serverA)?.name).toBe('renamed'));
  });

  it('asks for a snapshot again after a gap', async () => {
    const page = begin();
    await live(page);
    const host = backend.world.host(serverA);
    backend.world.feed.loseNext(1);
    backend.world.put({ kind: 'host', value: { ...host, name: 'lost on the way' } });
    expect(page.live.getState().hosts.get(serverA)?.name).toBe('server-a');
    backend.world.put({ kind: 'task-gone', id: backend.world.startMigration(migration(), undefined) });
    await vi.waitFor(() => expect(page.live.getState().hosts.get(serverA)?.name).toBe('lost on the way'));
    await vi.waitFor(() => expect(backend.world.feed.watcherCount).toBe(1));
  });

  it('says that it is lost, keeps what it knew, and comes back', async () => {
    const page = begin();
    await live(page);
    backend.cut('it was restarted');
    expect(page.connection.getState()).toMatchObject({ state: 'lost', why: 'it was restarted' });
    expect(page.live.getState()).toMatchObject({ freshness: 'stale' });
    expect(page.live.getState().hosts.size).toBe(2);
    await expect(page.client.system.info()).rejects.toMatchObject({ code: 'backend-stopped' });
    backend.restore();
    await live(page);
    expect(page.connection.getState()).toEqual({ state: 'open' });
    await expect(page.client.system.info()).resolves.toMatchObject({ version: '0.1.0' });
  });

  it('takes samples in once, though they are told again after a reconnect', async () => {
    const page = begin();
    await vi.waitFor(() => expect(page.samples.host(serverA)?.length).toBeGreaterThan(300));
    const before = page.samples.host(serverA)?.length;
    backend.cut('it was restarted');
    backend.restore();
    await live(page);
    backend.world.advance(2000);
    await vi.waitFor(() => expect(page.samples.host(serverA)?.latestAt).toBe(backend.world.now));
    expect(page.samples.host(serverA)?.length).toBe((before ?? 0) + 1);
  });

  it('leaves nothing behind when it stops', async () => {
    const page = begin();
    await live(page);
    await vi.waitFor(() => expect(backend.world.sampleFeeds.size).toBe(1));
    page.stop();
    await vi.waitFor(() => expect(backend.world.feed.watcherCount + backend.world.sampleFeeds.size).toBe(0));
  });
});

function migration() {
  const [vm] = [...backend.world.vms.values()];
  const to = [...backend.world.hosts.values()].find((host) => host.id !== vm?.hostId);
  if (vm === undefined || to === undefined) throw new Error('the fake cluster is empty');
  return {
    vmId: vm.id,
    toHostId: to.id,
    options: { copyStorage: false, autoConverge: false, postCopy: false },
  };
}
