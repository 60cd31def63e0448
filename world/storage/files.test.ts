import { describe, expect, it } from 'vitest';
import { destroyDomain } from '../domains/power.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import {
  createImage,
  fingerprintOf,
  freeBytesBeside,
  hasMarker,
  inspectFile,
  keepImage,
  removeImage,
  removeMarker,
  stampOf,
  writeMarker,
} from './files.ts';

const sharedDisk = '/srv/shared/web-01.qcow2';
const localDisk = '/var/lib/libvirt/images/batch-01.qcow2';
const gibibyte = 1024 ** 3;

function open() {
  const test = new TestWorld();
  return { test, world: test.world, a: test.host('server-a'), b: test.host('server-b') };
}

describe('what simulated hosts store', () => {
  it('shows by a marker which stores two hosts share', () => {
    const { world, a, b } = open();
    writeMarker(world, a, sharedDisk, 'token');
    writeMarker(world, b, localDisk, 'token');
    expect(hasMarker(world, b, sharedDisk, 'token')).toBe(true);
    expect(hasMarker(world, a, localDisk, 'token')).toBe(false);
    expect(hasMarker(world, b, sharedDisk, 'other')).toBe(false);
    removeMarker(world, b, sharedDisk, 'token');
    expect(hasMarker(world, a, sharedDisk, 'token')).toBe(false);
    expect(() => writeMarker(world, a, '/nowhere/disk.raw', 'token')).toThrow(/No such file or directory/);
  });

  it('makes images that are ours until they are kept, and never over what is there', () => {
    const { world, a } = open();
    const image = { path: localDisk, format: 'qcow2', virtualBytes: 10 * gibibyte };
    const before = freeBytesBeside(world, a, localDisk) ?? 0;
    createImage(world, a, image, 'mine');
    expect(inspectFile(world, a, localDisk)).toMatchObject({ format: 'qcow2', kind: 'file' });
    expect(freeBytesBeside(world, a, localDisk)).toBeLessThan(before);
    expect(() => createImage(world, a, image, 'other')).toThrow(/already/);
    removeImage(world, a, localDisk, 'other');
    expect(inspectFile(world, a, localDisk)).toBeDefined();
    removeImage(world, a, localDisk, 'mine');
    expect(inspectFile(world, a, localDisk)).toBeUndefined();
    createImage(world, a, image, 'mine');
    keepImage(world, a, localDisk, 'mine');
    removeImage(world, a, localDisk, 'mine');
    expect(inspectFile(world, a, localDisk)).toBeDefined();
    expect(freeBytesBeside(world, a, '/nowhere/disk.raw')).toBeUndefined();
  });

  it('refuses an image where there is no room', () => {
    const { world, a } = open();
    const store = world.state.stores['local@server-a'];
    if (store === undefined) throw new Error('no such store');
    store.files['/var/lib/libvirt/images/everything.raw'] = {
      format: 'raw',
      virtualBytes: store.capacityBytes,
      usedBytes: store.capacityBytes,
      contents: 1,
      writtenAt: 0,
    };
    expect(() =>
      createImage(world, a, { path: localDisk, format: 'qcow2', virtualBytes: 1 }, 'mine'),
    ).toThrow(
      expect.objectContaining({ code: 'no-room', message: expect.stringMatching(/No space left on device/) }),
    );
  });

  it('stamps a file anew as long as a guest writes to it', async () => {
    const { test, world, a, b } = open();
    const first = stampOf(world, b, sharedDisk);
    await test.pass(1000);
    expect(stampOf(world, b, sharedDisk)).not.toBe(first);
    destroyDomain(world, a, test.uuid('web-01'));
    const last = stampOf(world, b, sharedDisk);
    await test.pass(60_000);
    expect(stampOf(world, b, sharedDisk)).toBe(last);
    expect(stampOf(world, a, '/srv/shared/nothing.raw')).toBe('absent');
  });

  it('takes a disk along with its guest, block by block', async () => {
    const { test, world, a, b } = open();
    const fingerprint = fingerprintOf(world, b, localDisk);
    createImage(world, a, { path: localDisk, format: 'qcow2', virtualBytes: 10 * gibibyte }, 'mine');
    expect(fingerprintOf(world, a, localDisk)).not.toBe(fingerprint);
    const migration = new TestMigration(test, 'batch-01', 'server-a', {
      copyStorage: 'full',
      copyDisks: ['vda'],
    });
    const performing = await migration.toPerforming();
    await test.pass(500);
    expect(await test.job(migration.source, 'batch-01')).toMatchObject({
      diskTotalBytes: expect.closeTo(2.4 * gibibyte, -3),
    });
    await test.come(performing);
    await test.come(migration.finish());
    await test.come(migration.confirm());
    expect(test.stateOf('server-a', 'batch-01')).toBe('active (migrated)');
    // Of what it had become by then: its guest has written to it on the way.
    expect(fingerprintOf(world, a, localDisk)).toBe(fingerprintOf(world, b, localDisk));
    expect(fingerprintOf(world, b, localDisk)).not.toBe(fingerprint);
  });

  it('is missed by a migration that would need it', async () => {
    const { test } = open();
    const migration = new TestMigration(test, 'batch-01', 'server-a');
    await migration.openSessions();
    await migration.begin();
    await expect(migration.prepare()).rejects.toThrow(
      /Cannot access storage file .* No such file or directory/,
    );
    const unsafe = new TestMigration(test, 'batch-01', 'server-a', { unsafe: false });
    await unsafe.openSessions();
    test.sessions.close(migration.source);
    await expect(unsafe.begin()).rejects.toThrow(/Migration without shared storage is unsafe/);
  });
});
