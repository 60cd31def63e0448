import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { startDesktopApp } from './desktopApp.ts';
import { test } from './packedApp.ts';

const run = promisify(execFile);

async function drover(dataFolder: string, ...words: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [
    'scripts/drover.mjs',
    '--data',
    dataFolder,
    '--json',
    ...words,
  ]);
  return JSON.parse(stdout);
}

/** A process's own words, as the kernel has them (Chromium joins its own by blanks); undefined once it is gone. */
async function wordsOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text === '' ? undefined : text.replaceAll('\0', ' ');
}

test('the installed app starts a simulated world from itself, which outlives it and is found again', async ({
  packed,
}) => {
  test.setTimeout(180_000);
  const app = await startDesktopApp(packed);
  try {
    const { dataFolder } = app;
    // Until its backend has the data folder, a command would take it, and make the world itself.
    await expect(app.page.getByRole('button', { name: 'Try a simulated cluster' })).toBeVisible({
      timeout: 60_000,
    });
    expect(await drover(dataFolder, 'cluster', 'add', 'sim:two-servers')).toMatchObject({
      name: 'Two servers',
      hosts: ['server-a', 'server-b'],
      simulation: { standing: 'running' },
    });
    const info: unknown = JSON.parse(
      await readFile(join(dataFolder, 'worlds', 'two-servers', 'world.json'), 'utf8'),
    );
    const pid = typeof info === 'object' && info !== null && 'pid' in info ? Number(info.pid) : 0;
    const words = await wordsOf(pid);
    expect(words).toMatch(/drover-desktop .*--world /);
    // Chromium's sandbox is as it is for the app.
    expect(words).not.toContain('--no-sandbox');
    // No window of its own.
    expect(app.electron.windows()).toHaveLength(1);
    expect(await drover(dataFolder, 'vm', 'migrate', 'web-01', '--to', 'server-b')).toMatchObject({
      from: 'server-a',
      to: 'server-b',
      steps: [{ step: 0 }, { step: 1 }, { step: 2 }, { step: 3 }, { step: 4 }, { step: 5 }],
    });
    app.electron.process().kill('SIGKILL');
    await expect.poll(async () => (await wordsOf(pid)) !== undefined).toBe(true);
    // The command is its own Drover now, and finds the world that the app has left.
    await expect
      .poll(async () => JSON.stringify(await drover(dataFolder, 'host', 'list')), { timeout: 60_000 })
      .toContain('"state":"connected"');
    expect(await wordsOf(pid)).toContain('drover-desktop');
    await drover(dataFolder, 'cluster', 'remove', 'two-servers');
    await expect.poll(async () => await wordsOf(pid), { timeout: 30_000 }).toBeUndefined();
  } finally {
    await app.close();
  }
});
