import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';
import { ownProcess } from './processIdentity.ts';

describe.skipIf(process.platform !== 'linux')('withLock', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drover-lock-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('lets one at a time do its work, and leaves no file', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'deep', 'one'), 10_000, work)));
    expect(most).toBe(1);
    expect(await readdir(join(folder, 'deep'))).toEqual([]);
  });

  it('takes over from a process that is gone, even when its number is in use again', async () => {
    const file = join(folder, 'stale');
    await writeFile(file, JSON.stringify({ ...ownProcess(), startTicks: '1' }));
    expect(await withLock(file, 1000, async () => 'done')).toBe('done');
  });

  it('takes over what names no process at all', async () => {
    const file = join(folder, 'empty');
    await writeFile(file, '');
    expect(await withLock(file, 1000, async () => 'done')).toBe('done');
  });

  it('names who holds it when it cannot wait longer', async () => {
    const file = join(folder, 'held');
    await writeFile(file, JSON.stringify(ownProcess()));
    await expect(withLock(file, 10, async () => 'done')).rejects.toThrow(`held by process ${process.pid}`);
  });
});
