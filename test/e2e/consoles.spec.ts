import { expect, type Page, test as plainTest } from '@playwright/test';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { expectAccessible } from './accessibility.ts';
import { openBrowser } from './browser.ts';
import { inClicks } from './clicks.ts';
import { goTo, rowOf } from './console.ts';
import { startDesktopApp } from './desktopApp.ts';
import { test } from './packedApp.ts';
import { endWorlds } from './worldProcesses.ts';

const vm = 'web-01';
async function typeAndRead(page: Page, typed: string, answer: RegExp): Promise<void> {
  await page.getByLabel(`Type into the serial console of ${vm}`).focus();
  await page.keyboard.type(`${typed}\n`);
  await expect(page.getByTestId('serial')).toContainText(answer, { timeout: 30_000 });
}

const standing = (page: Page) => page.getByRole('region', { name: `Console of ${vm}` }).getByRole('status');

test('a console follows its VM to another host, in the page and in a window of its own', async ({
  packed,
}) => {
  test.setTimeout(240_000);
  const app = await startDesktopApp(packed);
  const { page, electron, dataFolder } = app;
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') violations.push(message.text());
  });
  try {
    await page.getByRole('button', { name: 'Try a simulated cluster' }).click();
    await expect(page.getByText('Nothing is wrong')).toBeVisible({ timeout: 60_000 });
    let own: Page | undefined;
    await inClicks(page, 'Open a serial console in a window of its own', async () => {
      await goTo(page, 'Virtual machines');
      await rowOf(page, 'Virtual machines', vm).click();
      await page.getByRole('link', { name: 'Console' }).click();
      await expect(standing(page)).toContainText('Connected, on server-a', { timeout: 30_000 });
      await expect(page.getByTestId('screen').locator('canvas')).toBeVisible();
      await page.getByRole('link', { name: 'Serial' }).click();
      await typeAndRead(page, 'operator', /Welcome to .*simulated/);
      await typeAndRead(page, 'hostname', /# hostname\s*web-01/);
      await page.getByRole('button', { name: 'Own window' }).click();
      const isOwn = (each: Page) => each.url().includes('#/console/');
      await expect.poll(() => electron.windows().some(isOwn), { timeout: 30_000 }).toBe(true);
      own = electron.windows().find(isOwn);
    });
    if (own === undefined) throw new Error('there is no window for the console');
    const window = own;
    await expect(standing(window)).toContainText('Connected, on server-a', { timeout: 30_000 });
    await typeAndRead(window, 'whoami', /whoami\s*root/);

    // The page has gone back to the VM; the window stays as it is.
    await inClicks(page, 'Migrate its VM, and keep typing there', async () => {
      await page.getByRole('button', { name: 'Migrate…' }).click();
      const order = page.getByRole('button', { name: `Migrate ${vm} to server-b` });
      await expect(order).toBeEnabled({ timeout: 60_000 });
      await order.click();
      await expect(standing(window)).toContainText('Now on server-b, moved from server-a', {
        timeout: 120_000,
      });
      await typeAndRead(window, 'echo still-"here"', /still-here/);
    });
    expect(violations.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
  } finally {
    await app.electron.close();
    await endWorlds(dataFolder);
    await app.close();
  }
});

plainTest(
  'consoles in Chromium: no finding of axe, a picture to keep, and a tab that is signed in',
  async () => {
    plainTest.setTimeout(180_000);
    const drover = new DroverCommand();
    const { dataFolder } = drover;
    const served = await drover.serve();
    const { browser, page } = await openBrowser(served.address);
    try {
      await page.getByRole('button', { name: 'Try a simulated cluster' }).click();
      await expect(page.getByText('Nothing is wrong')).toBeVisible({ timeout: 60_000 });
      await goTo(page, 'Virtual machines');
      await rowOf(page, 'Virtual machines', vm).click();
      await page.getByRole('link', { name: 'Console' }).click();
      await expect(standing(page)).toContainText('Connected, on server-a', { timeout: 30_000 });
      const screenshot = page.getByRole('button', { name: 'Screenshot' });
      await expect(screenshot).toHaveAttribute('aria-disabled', 'false');
      await expectAccessible(page, 'screen');
      const [kept] = await Promise.all([page.waitForEvent('download'), screenshot.click()]);
      expect(kept.suggestedFilename()).toMatch(/^web-01 .*\.png$/);
      await page.getByRole('link', { name: 'Serial' }).click();
      await typeAndRead(page, 'operator', /Welcome to .*simulated/);
      await expectAccessible(page, 'serial console');
      const [tab] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('button', { name: 'Own window' }).click(),
      ]);
      await expect(standing(tab)).toContainText('Connected, on server-a', { timeout: 30_000 });
      await typeAndRead(tab, 'whoami', /whoami\s*root/);
    } finally {
      await browser.close();
      await endWorlds(dataFolder);
      await drover.close();
    }
  },
);
