import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { whyNoLab } from '../lab/startLab.ts';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import {
  hostRefusals,
  knownByAnotherKey,
  moveRefusals,
  type Refusal,
  startTroubledLab,
  type TroubledLab,
} from '../lab-tests/troubledLab.ts';
import { openBrowser } from './browser.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

test.describe('what the window says of wrong input, with real hosts', () => {
  test.skip(noLab !== undefined, noLab);
  let drover: DroverCommand;
  let troubled: TroubledLab;
  let browser: Browser;
  let page: Page;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    drover = new DroverCommand();
    troubled = await startTroubledLab('e2e-refusals', drover.home);
    const server = await drover.serve();
    for (const host of ['host-a', 'host-b']) await drover.addHost(troubled.lab, host);
    ({ browser, page } = await openBrowser(server.address));
  });
  test.afterAll(async () => {
    await browser?.close();
    await drover?.close();
    await troubled?.down();
  });

  const open = (hash: string) => page.evaluate(`location.assign('#/${hash}')`);

  /** What was tried and why it failed, then what to do, each to be read. */
  async function expectNotice(notice: Locator, refusal: Refusal): Promise<void> {
    await expect(notice).toContainText(refusal.cause, { timeout: 30_000 });
    const [said = '', next = ''] = await notice.locator('p').allTextContents();
    expect(said).toMatch(refusal.tried);
    expect(next).toMatch(refusal.next);
  }

  for (const refusal of hostRefusals) {
    test(`adding ${refusal.what}`, async () => {
      const { lab, strangerKey } = troubled;
      await open('hosts');
      await page.getByRole('button', { name: 'Add host' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add a host' });
      await dialog.getByLabel('Address').fill(`ssh://${refusal.address(lab)}`);
      await dialog.getByLabel('Physical cluster').fill('lab');
      const key = refusal.stranger === true ? strangerKey : lab.host('host-a').keyFile;
      await dialog.getByLabel('Private key file').fill(key);
      await dialog.getByRole('button', { name: 'Add host' }).click();
      const trust = dialog.getByRole('button', { name: 'Trust this key and connect' });
      const alert = dialog.getByRole('alert');
      await expect(trust.or(alert)).toBeVisible({ timeout: 30_000 });
      if (await trust.isVisible()) await trust.click();
      await expectNotice(alert, refusal);
      expect(await dialog.getByLabel('Address').inputValue()).toBe(`ssh://${refusal.address(lab)}`);
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await expect(dialog).toBeHidden();
      if (refusal.what === knownByAnotherKey) await rm(join(drover.home, '.ssh/known_hosts'));
    });
  }

  for (const refusal of moveRefusals) {
    test(`migrating for ${refusal.what}`, async () => {
      await open('vms');
      await page.getByRole('link', { name: refusal.vm, exact: true }).click();
      const pane = page.getByRole('complementary', { name: `Details of ${refusal.vm}` });
      const migrate = pane.getByRole('button', { name: 'Migrate…' });
      if ((await migrate.getAttribute('aria-disabled')) === 'true') {
        await expect(migrate).toHaveAccessibleDescription(refusal.cause);
        await expect(migrate).toHaveAccessibleDescription(refusal.next);
        return;
      }
      await migrate.click();
      const dialog = page.getByRole('dialog', { name: `Migrate ${refusal.vm}` });
      await expect(dialog.getByRole('radio', { name: 'host-b' })).toBeVisible();
      const radio = dialog.getByRole('radio', { name: refusal.to });
      if (refusal.code === 'same-host') {
        // Its own host is not even offered.
        await expect(radio).toHaveCount(0);
      } else if (await radio.isDisabled()) {
        await expect(radio).toHaveAccessibleDescription(refusal.cause);
        await expect(radio).toHaveAccessibleDescription(refusal.next);
      } else {
        await radio.check();
        await expectNotice(dialog.getByRole('alert'), refusal);
        await expect(
          dialog.getByRole('button', { name: `Migrate ${refusal.vm} to ${refusal.to}` }),
        ).toBeDisabled();
      }
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    });
  }

  test('finding an unknown name, and one that fits two', async () => {
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Find and do' });
    const find = palette.getByRole('combobox', { name: /^Find a page/ });
    await find.fill('no-such-vm');
    await expect(page.getByText('Nothing here is called “no-such-vm”.')).toBeVisible();
    await palette.getByRole('button', { name: 'VMs' }).click();
    await find.fill('twin');
    await expect(palette.getByRole('option')).toHaveText([/^twinVM on host-a/, /^twinVM on host-b/]);
    await page.keyboard.press('Escape');
    await open('vms');
    const rows = page
      .getByRole('table', { name: 'Virtual machines' })
      .getByRole('row')
      .filter({ hasText: 'twin' });
    await expect(rows).toHaveCount(2);
    await expect(rows.filter({ hasText: 'host-a' })).toHaveCount(1);
    await expect(rows.filter({ hasText: 'host-b' })).toHaveCount(1);
  });

  test('libvirt stopped on a connected host, and started again', async () => {
    await open('hosts');
    await page.getByRole('link', { name: 'host-b' }).click();
    const pane = page.getByRole('complementary', { name: 'Details of host-b' });
    await troubled.lab.stopLibvirt('host-b');
    await expect(pane.getByRole('alert')).toContainText(/libvirt is installed, but does not run/, {
      timeout: 30_000,
    });
    await expect(pane.getByRole('alert')).toContainText('Start it on the host: systemctl enable --now');
    await pane.getByRole('button', { name: 'Reconnect…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reconnect host-b' });
    await expect(dialog.getByRole('alert')).toContainText('libvirt is installed, but does not run');
    await troubled.lab.startLibvirt('host-b');
    await dialog.getByRole('button', { name: 'Reconnect host-b' }).click();
    await expect(dialog).toBeHidden({ timeout: 30_000 });
    await expect(pane.getByRole('alert')).toBeHidden();
  });
});
