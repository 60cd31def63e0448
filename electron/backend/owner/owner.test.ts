import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { becomeOwner, findOwner, ownerSocketOf } from './owner.ts';

describe.skipIf(process.platform === 'win32')(
  'the socket of a data folder whose path is too long for one',
  () => {
    let folder: string;
    let place: string;

    beforeEach(() => {
      folder = join(mkdtempSync(join(tmpdir(), 'drover-owner-')), 'ü'.repeat(50));
      mkdirSync(folder);
      place = dirname(ownerSocketOf(folder));
      rmSync(place, { recursive: true, force: true });
    });
    afterEach(() => {
      rmSync(place, { recursive: true, force: true });
      rmSync(dirname(folder), { recursive: true, force: true });
    });

    it('is short enough in bytes, and in a folder that only its user may enter', () => {
      const owner = becomeOwner(folder, 'command', 0);
      try {
        expect(Buffer.byteLength(owner.info.socketPath)).toBeLessThanOrEqual(100);
        expect(dirname(owner.info.socketPath)).toBe(place);
      } finally {
        owner.release();
      }
    });

    it('is not made in a folder that others may enter', () => {
      mkdirSync(place);
      chmodSync(place, 0o777);
      expect(() => becomeOwner(folder, 'command', 0)).toThrow(
        expect.objectContaining({ code: 'data-folder-unusable' }),
      );
      // The lock is not kept either.
      rmSync(place, { recursive: true });
      becomeOwner(folder, 'command', 0).release();
    });

    it('is not believed where others may have put it', async () => {
      const socketPath = ownerSocketOf(folder);
      mkdirSync(place, { mode: 0o700 });
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(socketPath, resolve));
      try {
        const info = { pid: 1, mode: 'server', startedAt: 0, socketPath };
        writeFileSync(join(folder, 'owner.json'), JSON.stringify(info));
        expect(await findOwner(folder)).toEqual(info);
        chmodSync(place, 0o777);
        expect(await findOwner(folder)).toBeUndefined();
      } finally {
        server.close();
      }
    });
  },
);
