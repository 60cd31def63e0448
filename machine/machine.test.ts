import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folderLock.ts';
import { makePrivateFolder, whyNotPrivate } from './privateFolder.ts';
import { socketPathOf } from './socketPath.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'drover-machine-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the lock on a folder', () => {
  it('is for one at a time, each name by itself, and there again at once', () => {
    const folder = join(root, 'deep', 'data');
    const lock = lockFolder(folder, 'one.db', 50);
    const other = lockFolder(folder, 'other.db', 50);
    expect(lock).toBeDefined();
    expect(other).toBeDefined();
    expect(lockFolder(folder, 'one.db', 50)).toBeUndefined();
    lock?.release();
    const next = lockFolder(folder, 'one.db', 50);
    expect(next).toBeDefined();
    next?.release();
    other?.release();
  });

  it('says what the system says where there can be no folder', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => lockFolder(join(root, 'file', 'data'), 'one.db', 50)).toThrow(/ENOTDIR/);
  });
});

describe.skipIf(process.platform === 'win32')('the socket of a folder', () => {
  const name = { program: 'drover-test', file: 'test.sock' };

  it('lies in it, or elsewhere where its path would be too long in bytes', () => {
    expect(socketPathOf('/data', name)).toBe('/data/socket/test.sock');
    // 50 letters, 100 bytes.
    const long = socketPathOf(join('/', 'ü'.repeat(50)), name);
    expect(dirname(dirname(long))).toBe(process.env['XDG_RUNTIME_DIR'] ?? tmpdir());
    expect(dirname(long)).toContain('drover-test-');
    expect(long).not.toBe(socketPathOf(join('/', 'ü'.repeat(51)), name));
  });
});

describe.skipIf(process.platform === 'win32')('a private folder', () => {
  it('is made, and found again', () => {
    const folder = join(root, 'mine');
    expect(makePrivateFolder(folder)).toBeUndefined();
    expect(makePrivateFolder(folder)).toBeUndefined();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is not one that others may enter, a link, a file, or nothing', () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect(makePrivateFolder(open)).toBe('others may enter that folder');
    mkdirSync(join(root, 'mine'), { mode: 0o700 });
    symlinkSync(join(root, 'mine'), join(root, 'link'));
    expect(makePrivateFolder(join(root, 'link'))).toBe('there is no folder');
    writeFileSync(join(root, 'file'), '');
    expect(makePrivateFolder(join(root, 'file'))).toBe('there is no folder');
    expect(whyNotPrivate(join(root, 'nothing'))).toBe('there is no folder');
    expect(existsSync(join(root, 'nothing'))).toBe(false);
  });
});
