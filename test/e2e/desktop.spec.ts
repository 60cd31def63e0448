import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { confinementOfPages, startDesktopApp, startFromCheckout } from './desktopApp.ts';
import { test } from './packedApp.ts';

async function seeFirstPage(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('status', { name: 'Connection to Drover: Live' })).toBeVisible();
}

test.describe('the desktop app', () => {
  test('as packed, by an ordinary user: reaches its backend, its page sandboxed and shut in', async ({
    packed,
  }) => {
    const app = await startDesktopApp(packed);
    try {
      const { page } = app;
      await seeFirstPage(page);
      expect(page.url()).toMatch(/^app:\/\/console\//);
      expect(await page.evaluate(() => typeof Reflect.get(globalThis, 'require'))).toBe('undefined');
      expect(await page.evaluate("window.open('https://example.invalid') === null")).toBe(true);
      const pages = await confinementOfPages(app.electron);
      expect(pages.length).toBeGreaterThan(0);
      for (const one of pages)
        expect(one).toMatchObject({ uid: app.user.uid, seccomp: 2, noNewPrivileges: true });
    } finally {
      await app.close();
    }
  });

  test('as npm start runs it from the checkout', async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'drover-desktop-'));
    const electron = await startFromCheckout(dataFolder);
    try {
      await seeFirstPage(await electron.firstWindow());
    } finally {
      await electron.close();
      await rm(dataFolder, { recursive: true, force: true });
    }
  });
});
