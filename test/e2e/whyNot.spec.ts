import { expect, test } from '@playwright/test';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { openBrowser } from './browser.ts';
import { goTo, rowOf } from './console.ts';
import { endWorlds } from './worldProcesses.ts';

/** The page itself counts what it takes for clicks. */
const countClicks =
  'globalThis.clicks = 0; addEventListener("click", (event) => { if (event.isTrusted) clicks += 1; }, true)';
const mostClicks = 3;

test('an operator reads why a VM cannot go to a host, and what became of a VM', async () => {
  test.setTimeout(300_000);
  const drover = new DroverCommand();
  const server = await drover.serve();
  try {
    await drover.run('cluster', 'add', 'sim:two-servers');
    const { browser, page } = await openBrowser(server.address);
    try {
      await goTo(page, 'Virtual machines');
      await expect(rowOf(page, 'Virtual machines', 'batch-01')).toContainText('Active', { timeout: 60_000 });
      await page.evaluate(countClicks);
      await page.getByRole('link', { name: 'batch-01' }).click();
      const pane = page.getByRole('complementary', { name: 'Details of batch-01' });
      await pane.getByRole('button', { name: 'Migrate…' }).click();
      const dialog = page.getByRole('dialog', { name: 'Migrate batch-01' });
      await expect(dialog.getByRole('alert')).toContainText('/var/lib/libvirt/images/batch-01.qcow2', {
        timeout: 60_000,
      });
      const clicks = Number(await page.evaluate('clicks'));
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
      await browser.close();
    }
  } finally {
    await endWorlds(drover.dataFolder);
    await drover.close();
  }
});
