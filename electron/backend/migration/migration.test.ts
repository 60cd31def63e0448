import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DroverClient } from '#shared/contract/client.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { hasEnded } from '#shared/model/task.ts';
import { type Backend, startBackend } from '../backend.ts';
import { FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';

const uuid = '11111111-2222-3333-4444-555555555555';

describe('migration on hosts in memory', () => {
  let dataFolder: string;
  let backend: Backend;
  let hosts: FakeHosts;
  let client: DroverClient;

  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'drover-migration-'));
    hosts = new FakeHosts();
    hosts.transferMs = 0;
    backend = await startBackend({ dataFolder, mode: 'command', openDriver: hosts.openDriver });
    client = backend.client({ who: 'tester@here', via: 'command' });
    hosts.host('ssh://root@alpha').put(fakeDomain(uuid, 'web-01'));
    for (const name of ['alpha', 'beta']) {
      await client.hosts.add({ address: `ssh://root@${name}`, clusterName: 'lab', credentials: {} });
    }
  });

  afterEach(async () => {
    await backend.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function migrateOnce(): Promise<void> {
    let state = await client.live.snapshot();
    while (state.vms[0]?.state !== 'active' || state.vms[0].copies.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      state = await client.live.snapshot();
    }
    const [vm] = state.vms;
    const to = state.hosts.find((host) => host.id !== vm?.hostId);
    if (vm === undefined || to === undefined) throw new Error('no VM or no host');
    const { taskId } = await client.migrations.start({
      request: { vmId: vm.id, toHostId: to.id, options: migrationOptionsSchema.parse({}) },
    });
    let task = await client.tasks.get({ taskId });
    while (!hasEnded(task.state)) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      task = await client.tasks.get({ taskId });
    }
    expect(task.state).toBe('succeeded');
  }

  it('leaves nothing open after each of 200 moves, and the heap does not grow', {
    timeout: 120_000,
  }, async () => {
    for (let move = 0; move < 20; move += 1) await migrateOnce();
    const openBefore = hosts.open;
    const before = heapAfterCollection();
    for (let move = 0; move < 200; move += 1) await migrateOnce();
    expect(hosts.open).toBe(openBefore);
    // Two hundred tasks leave their records in the database, not here: well under 20 KiB each would show.
    expect(heapAfterCollection() - before).toBeLessThan(4 * 1_048_576);
  });
});

function heapAfterCollection(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('vitest runs with --expose-gc (see vitest.config.ts)');
  void gc();
  return process.memoryUsage().heapUsed;
}
