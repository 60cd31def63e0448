import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');

test.describe('the desktop app', () => {
  let dataFolder: string;

  test.beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'drover-desktop-'));
  });

  test.afterEach(async () => {
    await rm(dataFolder, { recursive: true, force: true });
  });

  test('starts a real Electron, reaches its backend and offers the first step', async () => {
    const executablePath = process.env['DROVER_ELECTRON_PATH'];
    expect(executablePath, 'npm test finds an Electron and names it here').toBeTruthy();
    const app = await _electron.launch({
      executablePath: executablePath ?? '',
      args: [root, '--data', dataFolder, '--disable-gpu'],
      env: { ...process.env, ...(process.getuid?.() === 0 ? { ELECTRON_DISABLE_SANDBOX: '1' } : {}) },
    });
    try {
      const page = await app.firstWindow();
      await expect(page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 30_000 });
      expect(page.url()).toMatch(/^app:\/\/console\//);
      expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined');
      const opened = await page.evaluate("window.open('https://example.invalid') === null");
      expect(opened).toBe(true);
    } finally {
      await app.close();
    }
  });
});
