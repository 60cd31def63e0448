import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { test as plainTest } from '@playwright/test';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');
const packedSchema = z.object({ folder: z.string(), program: z.string(), electronVersion: z.string() });

export type PackedApp = Readonly<z.infer<typeof packedSchema>>;

/** electron-builder's folder of the app as it is now, where any user may read and start it. */
export async function pack(output: string, ...more: readonly string[]): Promise<PackedApp> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['scripts/dist.mjs', '--dir', '--output', output, ...more],
    { cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  const packed = packedSchema.parse(JSON.parse(stdout));
  await chmod(output, 0o755);
  if (process.getuid?.() === 0) {
    // As a package's installer does: an ordinary user then has the sandbox wherever it is installed.
    const helper = join(packed.folder, 'chrome-sandbox');
    await chown(helper, 0, 0);
    await chmod(helper, 0o4755);
  }
  return packed;
}

/** Packed once for all tests of a worker that start it. */
export const test = plainTest.extend<object, { readonly packed: PackedApp }>({
  packed: [
    // Playwright reads from the first parameter what a fixture needs; this one needs nothing.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const output = await mkdtemp(join(tmpdir(), 'drover-packed-'));
      try {
        await use(await pack(output));
      } finally {
        await rm(output, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});
