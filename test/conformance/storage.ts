import { describe, expect, it } from 'vitest';
import type { Stage } from './stage.ts';

const mebibyte = 1_048_576;

/** StorageDriver: what two hosts see of the same and of different folders, and images that nobody else's work is lost to. */
export function storageSuite(open: () => Stage): void {
  describe('storage', () => {
    const alpha = () => open().first.driver.storage;
    const beta = () => open().second.driver.storage;

    it('proves by a marker which folders are shared', async () => {
      const shared = `${open().folders.shared}/any.qcow2`;
      await alpha().writeMarker(shared, 'token-1');
      expect(await beta().hasMarker(shared, 'token-1')).toBe(true);
      expect(await beta().hasMarker(shared, 'token-2')).toBe(false);
      await alpha().removeMarker(shared, 'token-1');
      expect(await beta().hasMarker(shared, 'token-1')).toBe(false);
      const own = `${open().folders.local}/any.qcow2`;
      await alpha().writeMarker(own, 'token-3');
      expect(await beta().hasMarker(own, 'token-3')).toBe(false);
      await alpha().removeMarker(own, 'token-3');
    });

    it('makes images, tells what they are, and never overwrites or removes what is not its own', async () => {
      const path = `${open().folders.shared}/it's a "test" $(id).qcow2`;
      const image = { path, format: 'qcow2', virtualBytes: 8 * mebibyte };
      await alpha().createImage(image, 'token-4');
      const inspected = await beta().inspect(path);
      expect(inspected).toMatchObject({ format: 'qcow2', virtualBytes: 8 * mebibyte });
      expect(inspected?.backing).toBeUndefined();
      await expect(beta().createImage(image, 'token-5')).rejects.toMatchObject({ code: 'already-exists' });
      await beta().removeImage(path, 'token-5');
      expect(await alpha().inspect(path)).toBeDefined();
      const over = {
        ...image,
        path: `${open().folders.shared}/over.qcow2`,
        backing: { path, format: 'qcow2' },
      };
      await alpha().createImage(over, 'token-6');
      expect(await alpha().inspect(over.path)).toMatchObject({
        virtualBytes: 8 * mebibyte,
        backing: { path, format: 'qcow2' },
      });
      await alpha().removeImage(over.path, 'token-6');
      await alpha().removeImage(over.path, 'token-6');
      await alpha().removeImage(path, 'token-4');
      expect(await alpha().inspect(path)).toBeUndefined();
    });

    it('keeps an image whose token was given up', async () => {
      const path = `${open().folders.local}/kept.qcow2`;
      await alpha().createImage({ path, format: 'qcow2', virtualBytes: mebibyte }, 'token-8');
      await alpha().keepImage(path, 'token-8');
      await alpha().removeImage(path, 'token-8');
      expect(await alpha().inspect(path)).toMatchObject({ format: 'qcow2', kind: 'file' });
      expect(await beta().inspect(path)).toBeUndefined();
    });

    it('tells how much room there is, and says what does not go', async () => {
      expect(await alpha().freeBytes(`${open().folders.shared}/any`)).toBeGreaterThan(mebibyte);
      expect(await alpha().freeBytes('/no/such/folder/any')).toBeUndefined();
      const image = { path: '/no/such/folder/any', format: 'raw', virtualBytes: 1024 };
      await expect(alpha().createImage(image, 'token-7')).rejects.toMatchObject({
        message: expect.stringMatching(/\/no\/such\/folder\/any/s),
      });
    });

    it('knows a file again by what is in it, and whether it was written meanwhile', async () => {
      const disk = (await open().first.driver.domains.describe(open().guest.uuid))?.disks[0]?.source ?? '';
      // A guest that is still booting may write between the two readings.
      await expect
        .poll(async () => (await alpha().fingerprint(disk)) === (await beta().fingerprint(disk)), {
          timeout: 30_000,
        })
        .toBe(true);
      expect(await alpha().fingerprint('/no/such/file')).toBeUndefined();
      const stamps = await alpha().openStamps([disk, '/no/such/file']);
      const before = await stamps.read();
      expect(before).toHaveLength(2);
      await stamps.close();
    });
  });
}
