import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

test.describe('npm start', () => {
  test('without a display says why there is no window, and serves the console it prints the address of', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'drover-start-'));
    const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...headless } = process.env;
    const child = spawn(process.execPath, ['scripts/start.mjs', '--data', dataFolder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: headless,
    });
    try {
      let said = '';
      let errors = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
      await expect.poll(() => said, { timeout: 60_000 }).toMatch(/Drover's console is at http:\S+\s/);
      expect(errors).toContain(
        'Drover opens in the browser instead of a window, because there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).',
      );
      const address = /http:\S+/.exec(said)?.[0] ?? '';
      const signIn = await fetch(address, { redirect: 'manual' });
      expect(signIn.status).toBe(303);
      const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const page = await fetch(new URL('/', address), { headers: { cookie } });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Drover</title>');
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      expect(await exited).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
      await rm(dataFolder, { recursive: true, force: true });
    }
  });
});
