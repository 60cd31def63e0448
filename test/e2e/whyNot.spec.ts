import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { countClicks } from './clicks.ts';
import { goTo, rowOf } from './console.ts';
import { startFromCheckout } from './desktopApp.ts';
import { endWorlds } from './worldProcesses.ts';

const mostClicks = 3;

test('in the desktop app an operator reads why a VM cannot go to a host, and what became of a VM', async () => {
  test.setTimeout(300_000);
  const dataFolder = await mkdtemp(join(tmpdir(), 'drover-why-'));
  const app = await startFromCheckout(dataFolder);
  try {
    const page = await app.firstWindow();
    await page.getByRole('button', { name: 'Try a simulated cluster' }).click({ timeout: 60_000 });
    await expect(page.getByRole('button', { name: /^Move cache-01 to server-b/ })).toBeVisible({
      timeout: 60_000,
    });
    await goTo(page, 'Virtual machines');
    await expect(rowOf(page, 'Virtual machines', 'batch-01')).toContainText('Active', { timeout: 60_000 });
    const counted = await countClicks(page);
    await page.getByRole('link', { name: 'batch-01' }).click();
    const pane = page.getByRole('complementary', { name: 'Details of batch-01' });
    await pane.getByRole('button', { name: 'Migrate…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Migrate batch-01' });
    await expect(dialog.getByRole('alert')).toContainText('/var/lib/libvirt/images/batch-01.qcow2', {
      timeout: 60_000,
    });
    const clicks = await counted();
    console.log(`Why batch-01 cannot go to server-a: ${clicks} clicks from the list of VMs.`);
    expect(clicks).toBeLessThanOrEqual(mostClicks);
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
  } finally {
    await app.close();
    await endWorlds(dataFolder);
    await rm(dataFolder, { recursive: true, force: true });
  }
});
