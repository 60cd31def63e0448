import { expect, type Page, test } from '@playwright/test';
import type { DroverClient } from '#shared/contract/client.ts';
import { hasEnded } from '#shared/model/task.ts';
import { expectAccessible } from './accessibility.ts';
import { inClicks } from './clicks.ts';
import { goTo, rowOf } from './console.ts';
import { inDesktopApp } from './desktopApp.ts';

const table = 'Virtual machines';
const jobs = Array.from({ length: 24 }, (_, index) => `job-${String(index + 1).padStart(2, '0')}`);

function definition(name: string, disk?: string): string {
  const devices =
    disk === undefined
      ? ''
      : `<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk></devices>`;
  return `<domain type='kvm'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>${devices}</domain>`;
}

/** Many VMs on two simulated servers; the last one has the disk of a VM that runs, which QEMU locks. */
async function fill(client: DroverClient): Promise<void> {
  await client.clusters.addSimulated({ scenario: 'two-servers' });
  let state = await client.live.snapshot();
  await expect
    .poll(
      async () => {
        state = await client.live.snapshot();
        return [state.hosts.filter((host) => host.capacity !== undefined).length, state.vms.length];
      },
      { timeout: 60_000 },
    )
    .toEqual([2, 6]);
  const taken = state.vms.find((vm) => vm.name === 'web-01')?.disks[0]?.source;
  const [hostId] = state.hosts.map((host) => host.id);
  if (taken === undefined || hostId === undefined) throw new Error('the scenario is not as it was');
  for (const name of jobs) {
    const xml = definition(name, name === jobs.at(-1) ? taken : undefined);
    const { taskId } = await client.vms.define({ hostId, xml });
    await expect
      .poll(async () => hasEnded((await client.tasks.get({ taskId })).state), { intervals: [20, 50, 100] })
      .toBe(true);
  }
}

async function findAndPause(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Filter VMs' }).click();
  await page.keyboard.type('cache');
  const row = rowOf(page, table, 'cache-01');
  await expect(page.getByRole('table', { name: table }).getByRole('row')).toHaveCount(2);
  await row.getByRole('button', { name: 'Actions of cache-01' }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await expect(row).toContainText('Paused', { timeout: 60_000 });
}

async function startWithOneFailure(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Filter VMs' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('state:inactive name:job-2* ');
  await expect(page.getByRole('table', { name: table }).getByRole('row')).toHaveCount(6);
  await page.getByRole('checkbox', { name: 'Choose all 5 shown' }).click();
  await page.getByRole('button', { name: 'Start 5 VMs' }).click();
  await page
    .getByRole('dialog', { name: 'Start 5 VMs?' })
    .getByRole('button', { name: 'Start 5 VMs' })
    .click();
  const outcome = page.getByRole('region', { name: 'Outcome: Start 5 VMs' });
  await expect(outcome.getByRole('status')).toHaveText('1 failed, 4 done', { timeout: 60_000 });
  // What went wrong is first, and whole.
  const first = outcome.getByRole('listitem').first();
  await expect(first).toContainText(/job-24.*Failed.*Failed to get "write" lock.*web-01/);
}

/** Those that were just started, each to where most memory is left. */
async function migrateMany(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Empty the filter' }).click();
  await page.keyboard.type('state:active name:job-2* ');
  await expect(page.getByRole('table', { name: table }).getByRole('row')).toHaveCount(5);
  await page.getByRole('checkbox', { name: 'Choose all 4 shown' }).click();
  await page.getByRole('button', { name: 'Migrate 4 VMs' }).click();
  const dialog = page.getByRole('dialog', { name: /^Migrate 4 VMs/ });
  await expect(dialog.getByLabel('Where to')).toContainText('Each to the host with most memory left');
  await dialog.getByRole('button', { name: 'Migrate 4 VMs' }).click();
  const outcome = page.getByRole('region', { name: 'Outcome: Migrate 4 VMs' });
  await expect(outcome.getByRole('status')).toHaveText('4 done', { timeout: 60_000 });
  for (const name of jobs.slice(19, 23)) await expect(rowOf(page, table, name)).toContainText('server-b');
}

test('find a VM among many and pause it; start many, of which one fails; migrate many', async () => {
  test.setTimeout(300_000);
  await inDesktopApp(async ({ page, client }) => {
    await fill(client);
    await goTo(page, table);
    await expect(rowOf(page, table, 'job-01')).toBeVisible({ timeout: 60_000 });
    await inClicks(page, 'Find a VM among many and pause it', () => findAndPause(page));
    await inClicks(page, 'Start five VMs, of which one fails, and read why', () => startWithOneFailure(page));
    await expectAccessible(page, 'outcome of a start');
    await page.getByRole('button', { name: 'Choose the failed' }).click();
    await page.getByRole('button', { name: 'Columns of Virtual machines' }).click();
    await expectAccessible(page, 'columns of a table');
    await page.keyboard.press('Escape');
    // Back from a page of its own the list is as it was.
    await rowOf(page, table, 'job-24').getByRole('link').click();
    await page.getByRole('link', { name: 'Open job-24 as a page' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'job-24' })).toBeVisible();
    await expectAccessible(page, 'page of a VM');
    await page.goBack();
    await expect(page.getByRole('complementary', { name: 'Details of job-24' })).toBeVisible();
    await expect(page.getByText('1 VM chosen')).toBeVisible();
    await migrateMany(page);
  });
});
