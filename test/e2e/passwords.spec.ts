import { expect, test } from '@playwright/test';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { openBrowser } from './browser.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

test.describe('a host that is opened by a password', () => {
  test.skip(noLab !== undefined, noLab);
  let lab: Lab;
  let drover: DroverCommand;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    drover = new DroverCommand();
    lab = await startLab({ name: 'e2e-passwords', hosts: 1 });
  });
  test.afterAll(async () => {
    await drover?.close();
    await lab?.down();
  });

  test('asks for it in the window, and once more after a restart without a key store', async () => {
    const { user, password } = lab.description().users.operator;
    let server = await drover.serve();
    let { browser, page } = await openBrowser(server.address);
    try {
      await page.getByRole('button', { name: 'Add a host' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add a host' });
      await dialog.getByLabel('Address').fill(`ssh://${user}@${lab.host('host-a').address}`);
      await dialog.getByRole('button', { name: 'Add host' }).click();
      await dialog.getByRole('button', { name: 'Trust this key and connect' }).click();
      await dialog.getByLabel('Password').fill('not this one');
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog.getByRole('alert')).toContainText(`the password of ${user} was not accepted`);
      await dialog.getByLabel('Password').fill(password);
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog).toBeHidden({ timeout: 30_000 });
      await expect(page.getByText(/^Connected since/)).toBeVisible();

      await server.stop();
      await browser.close();
      server = await drover.serve();
      ({ browser, page } = await openBrowser(server.address));
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Hosts' }).click();
      await page.getByRole('link', { name: 'host-a', exact: true }).click();
      const pane = page.getByRole('complementary', { name: 'Details of host-a' });
      await expect(pane.getByRole('alert')).toContainText(`it asks for the password of ${user}`);
      await pane.getByRole('button', { name: 'Reconnect…' }).click();
      const again = page.getByRole('dialog', { name: 'Reconnect host-a' });
      await again.getByLabel('Password').fill(password);
      await again.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(again).toBeHidden({ timeout: 30_000 });
      await expect(pane.getByText(/^Connected since/)).toBeVisible();
    } finally {
      await browser.close();
    }
  });
});
