import { describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { hostId } from '#shared/model/ids.ts';
import type { VmDisk } from '#shared/model/vm.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import type { HostDriver, StorageDriver } from '../drivers/drivers.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { Unfinished } from '../unfinished.ts';
import { diskChain } from './diskChain.ts';
import { SharedFiles } from './sharedFiles.ts';

const uuid = '11111111-2222-3333-4444-555555555555';

function someDisk(changes: Partial<VmDisk> = {}): VmDisk {
  return {
    target: 'vda',
    source: '/srv/top.qcow2',
    device: 'disk',
    format: 'qcow2',
    cache: 'none',
    readOnly: false,
    shareable: false,
    backingChain: [],
    ...changes,
  };
}

function driverWith(storage: Partial<StorageDriver>): HostDriver {
  const driver = new FakeHosts().host('ssh://root@alpha').driver();
  return { ...driver, storage: { ...driver.storage, ...storage } };
}

type Inspected = NonNullable<Awaited<ReturnType<StorageDriver['inspect']>>>;
const image = (backing?: string): Inspected => ({
  format: 'qcow2',
  virtualBytes: 20,
  usedBytes: 2,
  kind: 'file',
  ...(backing === undefined ? {} : { backing: { path: backing, format: 'qcow2' } }),
});

const refused = () =>
  Promise.reject(
    new DroverError({ code: 'storage-refused', tried: 'Inspect it', cause: 'Permission denied' }),
  );

describe("a disk's chain", () => {
  it('goes by the headers of the images, so that it is known of a VM that does not run', async () => {
    const files: Readonly<Record<string, Inspected>> = {
      '/srv/top.qcow2': image('/srv/middle.qcow2'),
      '/srv/middle.qcow2': image('/srv/base.qcow2'),
      '/srv/base.qcow2': image(),
    };
    const chain = await diskChain(uuid, someDisk(), driverWith({ inspect: async (path) => files[path] }));
    expect(chain.map(({ path }) => path)).toEqual(Object.keys(files));
    expect(chain[1]).toMatchObject({ format: 'qcow2', virtualBytes: 20, allocatedBytes: 2 });
  });

  it('tells a base that is missing, and what lies over it', async () => {
    const inspect = async (path: string) =>
      path === '/srv/top.qcow2' ? image('/srv/gone.qcow2') : undefined;
    expect(await diskChain(uuid, someDisk(), driverWith({ inspect }))).toMatchObject([
      { path: '/srv/top.qcow2' },
      { path: '/srv/gone.qcow2', missing: true },
    ]);
  });

  it('is read from the document of the VM where the login may not read the files', async () => {
    const disk = someDisk({ backingChain: [{ path: '/srv/base.qcow2', format: 'qcow2' }] });
    expect(await diskChain(uuid, disk, driverWith({ inspect: refused }))).toMatchObject([
      // The top's size libvirt tells.
      { path: '/srv/top.qcow2', virtualBytes: 1024, problem: expect.stringContaining('Permission denied') },
      { path: '/srv/base.qcow2', problem: expect.stringContaining('Permission denied') },
    ]);
  });

  it('ends where it is a loop, at what is read as raw, and at what is reached over a network', async () => {
    const loop = driverWith({ inspect: async () => image('/srv/top.qcow2') });
    expect(await diskChain(uuid, someDisk(), loop)).toHaveLength(1);
    const raw = await diskChain(
      uuid,
      someDisk({ format: 'raw' }),
      driverWith({ inspect: async () => image('/x') }),
    );
    expect(raw).toMatchObject([{ format: 'raw' }]);
    const { source: _source, ...empty } = someDisk();
    expect(await diskChain(uuid, empty, loop)).toEqual([]);
    expect(await diskChain(uuid, someDisk({ source: 'rbd:pool/web' }), loop)).toMatchObject([
      { kind: 'network', virtualBytes: 1024 },
    ]);
  });
});

describe('which hosts see the same file', () => {
  const home = { hostId: hostId('alpha') };
  const other = (name: string, storage: Partial<StorageDriver>) => ({
    hostId: hostId(name),
    driver: driverWith(storage),
  });

  it('is proven by a marker, taken away again, and believed for a while', async () => {
    const clock = new ManualClock();
    const files = new SharedFiles(clock, new Unfinished());
    const markers = new Set<string>();
    let written = 0;
    const driver = driverWith({
      writeMarker: async (path, token) => {
        written += 1;
        markers.add(path + token);
      },
      removeMarker: async (path, token) => void markers.delete(path + token),
    });
    const sees = other('beta', { hasMarker: async (path, token) => markers.has(path + token) });
    const not = other('gamma', {});
    const ask = () => files.sharedWith({ ...home, driver }, [sees, not], '/srv/top.qcow2');
    expect(await ask()).toEqual(['beta']);
    expect(markers.size).toBe(0);
    await ask();
    expect(written).toBe(1);
    await clock.advance(11 * 60_000);
    await ask();
    expect(written).toBe(2);
  });

  it('waits no longer than a person does, and takes away what is written late', async () => {
    const clock = new ManualClock();
    const files = new SharedFiles(clock, new Unfinished());
    const markers = new Set<string>();
    let finish: () => void = () => undefined;
    const driver = driverWith({
      writeMarker: (_path, token) =>
        new Promise<void>((resolve) => {
          finish = () => {
            markers.add(token);
            resolve();
          };
        }),
      removeMarker: async (_path, token) => void markers.delete(token),
    });
    const asking = files.sharedWith({ ...home, driver }, [other('beta', {})], '/srv/top.qcow2');
    await settled();
    await clock.advance(8000);
    expect(await asking).toBeUndefined();
    finish();
    expect(markers.size).toBe(1);
    await settled();
    expect([markers.size, clock.size]).toEqual([0, 0]);
  });

  it('is not claimed where it could not be proven, and asked again', async () => {
    const files = new SharedFiles(new ManualClock(), new Unfinished());
    const driver = driverWith({ writeMarker: refused });
    const ask = () => files.sharedWith({ ...home, driver }, [other('beta', {})], '/srv/top.qcow2');
    expect(await ask()).toBeUndefined();
    const writable = driverWith({});
    const silent = other('beta', { hasMarker: refused });
    expect(await files.sharedWith({ ...home, driver: writable }, [silent], '/srv/a')).toBeUndefined();
    expect(await files.sharedWith({ ...home, driver: writable }, [other('beta', {})], '/srv/a')).toEqual([]);
  });
});
