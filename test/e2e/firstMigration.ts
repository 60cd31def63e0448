import { expect, type Page } from '@playwright/test';
import type { Lab } from '../lab/startLab.ts';
import { inClicks } from './clicks.ts';
import { askForHost, figuresOf, goTo, rowOf, seeLive, trustKey } from './console.ts';

export type View =
  | 'first start'
  | 'host key'
  | 'hosts'
  | 'overview'
  | 'VMs'
  | 'VM'
  | 'migrate'
  | 'under way'
  | 'finished'
  | 'migrations'
  | 'activity'
  | 'task'
  | 'afterwards';

export interface FirstMigration {
  readonly page: Page;
  readonly lab: Lab;
  /** As Drover may read it. */
  readonly keyFile: string;
  readonly vm: string;
  readonly from: string;
  readonly to: string;
  /** Called at each view once it shows what it is to show. */
  readonly look?: (view: View) => Promise<void>;
}

export const cluster = 'rack-1';
/** Slow enough that its rounds can be watched. */
const bandwidthMiBPerSecond = 12;

const sixStepsDone = new RegExp(
  `^The six steps: ${['Initialise', 'Reserve', 'Pre-copy', 'Stop and copy', 'Commit', 'Activate']
    .map((name, step) => `${step} ${name} done in [\\d.]+ (ms|s)`)
    .join(', ')}; \\d+ rounds? of copying memory$`,
);

/** From a console that knows nothing to a VM that runs elsewhere, by clicks. */
export async function firstMigration(run: FirstMigration): Promise<void> {
  await addHosts(run);
  await seeEverything(run);
  await orderMigration(run);
  await watchMigration(run);
  await findItAgain(run);
}

async function addHosts({ page, lab, keyFile, look }: FirstMigration): Promise<void> {
  await expect(page.getByRole('button', { name: 'Add a host' })).toBeVisible({ timeout: 30_000 });
  await look?.('first start');
  const { hosts } = lab.description();
  for (const [place, host] of hosts.entries()) {
    const add = async () => {
      await page.getByRole('button', { name: place === 0 ? 'Add a host' : 'Add host' }).click();
      const dialog = await askForHost(page, host, { cluster, keyFile });
      if (place === 0) await look?.('host key');
      await trustKey(page, dialog, host);
    };
    await inClicks(page, 'Add a real host with an unknown key', add);
  }
}

async function seeEverything({ page, lab, vm, look }: FirstMigration): Promise<void> {
  await goTo(page, 'Hosts');
  for (const { name } of lab.description().hosts)
    await seeLive(rowOf(page, 'Hosts', name), /[\d.]+ %[\d.]+ of [\d.]+ GiB/);
  await look?.('hosts');
  await goTo(page, 'Virtual machines');
  for (const { name } of lab.description().guests)
    await expect(rowOf(page, 'Virtual machines', name)).toContainText('Active');
  await seeLive(rowOf(page, 'Virtual machines', vm), /[\d.]+ %[\d.]+ of [\d.]+ MiB/);
  await look?.('VMs');
  await goTo(page, 'Overview');
  await expect(page.getByText('Nothing is wrong: 2 hosts')).toBeVisible();
  await look?.('overview');
}

async function orderMigration({ page, vm, from, to, look }: FirstMigration): Promise<void> {
  await goTo(page, 'Virtual machines');
  await page.getByRole('link', { name: vm }).click();
  const pane = page.getByRole('complementary', { name: `Details of ${vm}` });
  await expect(pane.getByRole('region', { name: 'Summary' })).toContainText(from);
  await look?.('VM');
  await pane.getByRole('button', { name: 'Migrate…' }).click();
  const dialog = page.getByRole('dialog', { name: `Migrate ${vm}` });
  await dialog.getByRole('radio', { name: to }).check();
  await dialog.getByLabel('Bandwidth limit').fill(String(bandwidthMiBPerSecond));
  const steps = dialog.getByRole('region', { name: 'Plan' }).getByRole('listitem');
  await expect(steps).toHaveCount(6, { timeout: 30_000 });
  await expect(steps.first()).toContainText(vm);
  await expect(steps.nth(2)).toContainText(`at no more than ${bandwidthMiBPerSecond} MiB/s`);
  await expect(dialog.getByText(/plaintext/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: `Migrate ${vm} to ${to}` })).toBeEnabled();
  await look?.('migrate');
  await dialog.getByRole('button', { name: `Migrate ${vm} to ${to}` }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
}

async function watchMigration({ page, vm, from, to, look }: FirstMigration): Promise<void> {
  const picture = page.getByRole('img', { name: /^The six steps:/ });
  await expect(picture).toHaveAccessibleName(
    /2 Pre-copy now.*3 Stop and copy not begun.*5 Activate not begun; [1-9]\d* rounds? of copying memory$/,
    { timeout: 30_000 },
  );
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText('MiB/s');
  await look?.('under way');
  await expect(picture).toHaveAccessibleName(sixStepsDone, { timeout: 60_000 });
  await expect(page.getByText(`${vm} moved from ${from} to ${to}.`).first()).toBeVisible();
  const figures = await figuresOf(page.getByRole('region', { name: 'Result' }));
  expect(figures.get('Downtime')).toMatch(/^[\d.]+ (ms|s)$/);
  expect(figures.get('Total time')).toMatch(/^[\d.]+ s$/);
  expect(figures.get('Memory sent')).toMatch(/^[\d.]+ MiB$/);
  await look?.('finished');
}

async function findItAgain({ page, vm, to, look }: FirstMigration): Promise<void> {
  await goTo(page, 'Virtual machines');
  const row = rowOf(page, 'Virtual machines', vm);
  await expect(row).toContainText(to);
  await expect(row).toContainText('Active');
  await goTo(page, 'Migrations');
  await expect(rowOf(page, 'Migrations', vm)).toContainText('Done');
  await look?.('migrations');
  await goTo(page, 'Activity');
  const task = rowOf(page, 'Activity', `Migrate ${vm}`);
  await expect(task).toContainText('Done');
  await look?.('activity');
  await task.getByRole('link').click();
  await expect(page.getByRole('complementary', { name: /^Details of Migrate/ })).toBeVisible();
  await look?.('task');
  await goTo(page, 'Overview');
  await expect(page.getByRole('region', { name: 'Ended lately' })).toContainText(`Migrate ${vm}`);
  await look?.('afterwards');
}
