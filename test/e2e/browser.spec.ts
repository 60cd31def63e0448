import { expect, test } from '@playwright/test';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { smallLaptop, startBrowser } from './browser.ts';

test.describe('the console in a browser', () => {
  let drover: DroverCommand;
  let address: string;
  let origin: string;

  test.beforeEach(async () => {
    drover = new DroverCommand();
    ({ address } = await drover.serve());
    ({ origin } = new URL(address));
  });

  test.afterEach(async () => {
    await drover.close();
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
      await page.goto(address);
      await expect(page).toHaveURL(new RegExp(`^${origin}/(#.*)?$`));
      await page.getByRole('button', { name: 'Add a host' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('lets nobody in without the address, twice with it, or from elsewhere', async () => {
    expect((await fetch(`${origin}/`)).status).toBe(401);
    expect((await fetch(`${origin}/sign-in?token=guess`)).status).toBe(401);
    const first = await fetch(address, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(401);
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const page = await fetch(`${origin}/`, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${origin}/..%2f..%2fpackage.json`, { headers: { cookie } })).status).toBe(404);
    expect((await fetch(`${origin}/`, { method: 'POST', headers: { cookie } })).status).toBe(405);
  });
});
