import { expect, test } from '@playwright/test';
import { inClicks } from './clicks.ts';
import { goTo, rowOf } from './console.ts';
import { inDesktopApp } from './desktopApp.ts';

test('an operator reads why a VM cannot go to a host, and what became of a VM', async () => {
  test.setTimeout(300_000);
  await inDesktopApp(async ({ page, client }) => {
    await client.clusters.addSimulated({ scenario: 'two-servers' });
    await goTo(page, 'Virtual machines');
    await expect(rowOf(page, 'Virtual machines', 'batch-01')).toContainText('Active', { timeout: 60_000 });
    const pane = page.getByRole('complementary', { name: 'Details of batch-01' });
    const dialog = page.getByRole('dialog', { name: 'Migrate batch-01' });
    await inClicks(page, 'Read why a VM cannot go to a host', async () => {
      await page.getByRole('link', { name: 'batch-01' }).click();
      await pane.getByRole('button', { name: 'Migrate…' }).click();
      await expect(dialog.getByRole('alert')).toContainText('/var/lib/libvirt/images/batch-01.qcow2', {
        timeout: 60_000,
      });
    });
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await pane.getByRole('button', { name: 'Pause batch-01' }).click();
    await pane.getByRole('tab', { name: 'History' }).click();
    const history = pane.getByRole('region', { name: 'History' });
    await expect(history).toContainText('Pause batch-01', { timeout: 60_000 });
    await expect(history).toContainText(/active to\s*Paused: an operator asked for it/);
    await pane.getByRole('tab', { name: 'Configuration' }).click();
    await expect(pane.getByRole('list', { name: /^Images of vda/ })).toContainText('only on server-b', {
      timeout: 60_000,
    });
  });
});
