import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { smallLaptop, startBrowser } from './browser.ts';
import { type Served, serve } from './serve.ts';

test.describe('the console in a browser', () => {
  let dataFolder: string;
  let served: Served;

  test.beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'drover-e2e-'));
    served = await serve(dataFolder);
  });

  test.afterEach(async () => {
    await served.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  test('opens once by its printed address, under a strict policy, and offers the first step', async () => {
    const browser = await startBrowser();
    try {
      const page = await browser.newPage({ viewport: smallLaptop });
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(served.address);
      await expect(page).toHaveURL(new RegExp(`^http://127\\.0\\.0\\.1:${served.port}/(#.*)?$`));
      await page.getByRole('button', { name: 'Add a host' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('lets nobody in without the address, twice with it, or from elsewhere', async () => {
    const at = `http://127.0.0.1:${served.port}`;
    expect((await fetch(`${at}/`)).status).toBe(401);
    expect((await fetch(`${at}/sign-in?token=guess`)).status).toBe(401);
    const first = await fetch(served.address, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await fetch(served.address, { redirect: 'manual' })).status).toBe(401);
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const page = await fetch(`${at}/`, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${at}/..%2f..%2fpackage.json`, { headers: { cookie } })).status).toBe(404);
    expect((await fetch(`${at}/`, { method: 'POST', headers: { cookie } })).status).toBe(405);
  });
});
