import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { startBackend } from './backend.ts';
import type { OpenHostDriver, StorageDriver } from './drivers/drivers.ts';
import { FakeHosts, fakeDomain } from './drivers/testing/fakeHosts.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
const disk = {
  target: 'vda',
  device: 'disk',
  source: '/pool/web-01.qcow2',
  format: 'qcow2',
  cache: 'none',
  readOnly: false,
  shareable: false,
  backingChain: [],
} as const;

describe('a backend that is stopped while it has a marker on a host', () => {
  let dataFolder: string;
  let [asked, isAsked] = gate();
  let [answer, mayAnswer] = gate();
  let done: string[];

  beforeEach(() => {
    [asked, isAsked] = gate();
    [answer, mayAnswer] = gate();
    done = [];
    dataFolder = mkdtempSync(join(tmpdir(), 'drover-stopping-'));
  });
  afterEach(() => {
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function start(storage: Partial<StorageDriver>) {
    const hosts = new FakeHosts();
    const openDriver: OpenHostDriver = (endpoint) => {
      const driver = hosts.openDriver(endpoint);
      return {
        ...driver,
        storage: {
          ...driver.storage,
          inspect: async () => ({ format: 'qcow2', virtualBytes: 1, usedBytes: 1, kind: 'file' }),
          writeMarker: async () => void done.push('marker written'),
          removeMarker: async () => void done.push('marker removed'),
          ...storage,
        },
        close: async () => void done.push('host let go'),
      };
    };
    const backend = await startBackend({ dataFolder, mode: 'command', openDriver });
    const client = backend.client({ who: 'tester@here', via: 'command' });
    hosts.host('ssh://root@alpha').put(fakeDomain(uuid, 'web-01', { disks: [disk] }));
    for (const name of ['alpha', 'beta']) {
      await client.hosts.add({ address: `ssh://root@${name}`, clusterName: 'lab', credentials: {} });
    }
    await expect.poll(async () => (await client.live.snapshot()).vms.length).toBe(1);
    const { vms, hosts: known } = await client.live.snapshot();
    const [vm, to] = [vms[0], known.find((host) => host.name === 'beta')];
    if (vm === undefined || to === undefined) throw new Error('no VM or no host');
    return { backend, client, vm, to };
  }

  it('takes that of a plan away before it lets go of the hosts, and begins nothing', async () => {
    const { backend, client, vm, to } = await start({
      async hasMarker() {
        asked();
        await mayAnswer;
        return true;
      },
    });
    const withdrawn = new AbortController();
    const starting = client.migrations
      .start(
        { request: { vmId: vm.id, toHostId: to.id, options: migrationOptionsSchema.parse({}) } },
        { signal: withdrawn.signal },
      )
      .catch(toDroverError);
    await isAsked;
    withdrawn.abort();
    const stopping = backend.stop();
    answer();
    await stopping;
    expect(done.slice(0, 3)).toEqual(['marker written', 'marker removed', 'host let go']);
    expect(await starting).toMatchObject({ code: 'cancelled' });
  });

  it.each(['the doctor', 'a plan', 'a look at a VM'])(
    'takes that of %s away, even where the host has not yet done writing it',
    async (whose) => {
      const { backend, client, vm, to } = await start({
        async writeMarker() {
          asked();
          await mayAnswer;
          done.push('marker written');
        },
      });
      const ask = () => {
        if (whose === 'the doctor') return client.hosts.diagnose({ hostId: to.id });
        if (whose === 'a look at a VM') return client.vms.details({ vmId: vm.id });
        const options = migrationOptionsSchema.parse({});
        return client.migrations.plan({ vmId: vm.id, toHostId: to.id, options });
      };
      const asking: Promise<unknown> = ask();
      const answered = asking.catch(toDroverError);
      await isAsked;
      const stopping = backend.stop();
      await answered;
      answer();
      await stopping;
      expect(done.slice(0, 3)).toEqual(['marker written', 'marker removed', 'host let go']);
      // What could not be asked any more is no fault of the storage.
      if (whose === 'a plan') expect(await answered).toMatchObject({ code: 'backend-stopped' });
    },
  );
});

function gate(): readonly [open: () => void, isOpen: Promise<void>] {
  let open: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [() => open(), isOpen];
}
