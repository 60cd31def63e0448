import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, expect, test } from '@playwright/test';
import { clusterId, hostId, taskId } from '#shared/model/ids.ts';
import { openJournal } from '../../electron/backend/store/journal.ts';
import { inClicks } from './clicks.ts';
import { goTo, rowOf } from './console.ts';
import { startFromCheckout } from './desktopApp.ts';
import { endWorlds } from './worldProcesses.ts';

const dayMs = 24 * 3_600_000;

/** A task that failed yesterday, as an earlier session has left it; and many that went well since. */
function leaveYesterday(dataFolder: string): void {
  const journal = openJournal(dataFolder, (what) => {
    throw new Error(what);
  });
  const hosts = {
    hostIds: [hostId('host-gone-a'), hostId('host-gone-b')],
    clusterId: clusterId('cluster-gone'),
  };
  const keep = (id: string, title: string, at: number, why?: string): void =>
    journal.tasks.add(
      {
        id: taskId(id),
        kind: why === undefined ? 'start' : 'migration',
        title,
        subject: hosts,
        requestedBy: { who: 'maria', via: 'desktop' },
        state: why === undefined ? 'succeeded' : 'failed',
        createdAt: at,
        startedAt: at,
        finishedAt: at + 6000,
        steps: [],
        warnings: [],
        ...(why === undefined
          ? { outcome: 'It runs.' }
          : {
              outcome: 'web-09 still runs on server-x.',
              error: { code: 'migration-port-closed', message: why, next: why },
            }),
        log: [],
      },
      { kind: 'start', title, subject: hosts, claims: [], steps: [], warnings: [], rejected: [] },
      undefined,
    );
  const now = Date.now();
  keep(
    'task-yesterday',
    'Migrate web-09 from server-x to server-y',
    now - dayMs,
    'Open the ports from 49152 on in the firewall of server-y.',
  );
  // More than a console is told of by itself.
  for (let number = 0; number < 130; number += 1)
    keep(`task-since-${number}`, `Start batch-${number}`, now - 60_000 - number);
  journal.close();
}

async function sizeTo(app: ElectronApplication, width: number, height: number): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
    { width, height },
  );
}

test('getting around in the desktop app: a failure of yesterday, a migration cancelled, theme and size, a host lost', async () => {
  test.setTimeout(400_000);
  const dataFolder = await mkdtemp(join(tmpdir(), 'drover-around-'));
  leaveYesterday(dataFolder);
  const app = await startFromCheckout(dataFolder);
  try {
    const page = await app.firstWindow();
    await page.waitForLoadState();

    await inClicks(page, "Find yesterday's failed task and its reason", async () => {
      await goTo(page, 'Activity');
      await page.getByRole('button', { name: 'Failed' }).click();
      const table = page.getByRole('table', { name: 'Activity' });
      await expect(table.getByRole('rowheader')).toHaveText([/^Yesterday, /]);
      await expect(table).toContainText('Open the ports from 49152 on in the firewall of server-y.');
      await table.getByRole('link').click();
      const pane = page.getByRole('complementary', { name: /^Details of Migrate web-09/ });
      await expect(pane.getByRole('alert')).toContainText('Open the ports');
      await expect(pane).toContainText('maria');
    });

    // Without a host it is the first page.
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Try a simulated cluster' }).click();
    const suggestion = page.getByRole('button', { name: /^Move cache-01 to server-b/ });
    await expect(suggestion).toBeVisible({ timeout: 120_000 });

    await inClicks(page, 'Cancel a migration', async () => {
      await suggestion.click();
      const order = page.getByRole('button', { name: 'Migrate cache-01 to server-b' });
      await expect(order).toBeEnabled({ timeout: 60_000 });
      await order.click();
      // Before anything was sent there is nothing to find out of where the VM runs.
      await expect(page.getByRole('img', { name: /^The six steps: .*2 Pre-copy now/ })).toBeVisible({
        timeout: 60_000,
      });
      await page.getByRole('button', { name: 'Cancel migration' }).click();
      await expect(page.getByText('cache-01 runs on server-a; it was not moved.').first()).toBeVisible({
        timeout: 60_000,
      });
      await expect(page.getByRole('status', { name: 'Tasks that ended' })).toContainText('cancelled');
    });

    await inClicks(page, 'Change theme and size', async () => {
      await page.getByRole('button', { name: /^Theme:/ }).click();
      await page.getByRole('menuitemradio', { name: 'Dark' }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await expect(page.getByRole('button', { name: 'Theme: Dark' })).toBeFocused();
      await sizeTo(app, 1024, 700);
      await expect.poll(() => page.evaluate('innerWidth')).toBe(1024);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1024);
    });

    // The application menu does what the page does.
    await app.evaluate(({ BrowserWindow, Menu }) => {
      const go = Menu.getApplicationMenu()?.items.find((item) => item.label === '&Go');
      go?.submenu?.items
        .find((item) => item.label === 'Migrations')
        ?.click(undefined, BrowserWindow.getAllWindows()[0]);
    });
    await expect(page.getByRole('heading', { level: 1, name: 'Migrations' })).toBeVisible();

    await inClicks(page, 'Disconnect a host and carry on', async () => {
      await goTo(page, 'Hosts');
      await rowOf(page, 'Hosts', 'server-b').getByRole('link').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Cut its link' }).click();
      await expect(
        page.getByRole('link', { name: /^server-b not( yet)? heard from: shown as of/ }),
      ).toBeVisible({
        timeout: 120_000,
      });
      // What is on the other host goes on, by the keyboard.
      await page.keyboard.press('Control+k');
      const palette = page.getByRole('dialog', { name: 'Find and do' });
      await expect(palette.getByRole('combobox')).toBeFocused();
      await page.keyboard.type('cache-01');
      await expect(palette.getByRole('option', { selected: true })).toContainText('VM on server-a');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.type('pause');
      await expect(palette.getByRole('option', { selected: true })).toContainText(/^Pause/);
      await page.keyboard.press('Enter');
      await goTo(page, 'Virtual machines');
      await expect(rowOf(page, 'Virtual machines', 'cache-01')).toContainText('Paused');
    });
    // What is on the lost one is old news, and nothing is offered for it.
    const old = rowOf(page, 'Virtual machines', 'batch-01');
    await expect(old).toContainText(/ as of \d/);
    await old.getByRole('link').click({ button: 'right' });
    await expect(page.getByRole('menuitem', { name: /^Pause/ })).toContainText('server-b');
    await expect(page.getByRole('menuitem', { name: /^Pause/ })).toHaveAttribute('aria-disabled', 'true');
    await page.keyboard.press('Escape');
    await expect(old.getByRole('link')).toBeFocused();
    await goTo(page, 'Activity');
    await expect(page.getByRole('table', { name: 'Activity' })).toContainText('server-b does not answer');
  } finally {
    await app.close();
    await endWorlds(dataFolder);
    await rm(dataFolder, { recursive: true, force: true });
  }
});
