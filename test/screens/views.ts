import { expect, type Page } from '@playwright/test';
import type { Story } from './story.ts';

export interface ScreenView {
  /** Of its files: `NAME-1440x900-dark.png`. */
  readonly name: string;
  /** The view's address, behind the #. */
  readonly at: (story: Story) => string;
  /** What is to be opened there. */
  readonly open?: (page: Page) => Promise<void>;
}

const click = async (page: Page, name: string | RegExp): Promise<void> =>
  await page.getByRole('button', { name }).first().click();

/** Before there is any cluster. */
export const firstViews: readonly ScreenView[] = [
  { name: 'first-start', at: () => '/' },
  { name: 'add-host', at: () => '/', open: async (page) => await click(page, 'Add a host') },
];

/** Every page, and the dialogs that decide something: a line each. */
export const storyViews: readonly ScreenView[] = [
  { name: 'overview', at: () => '/overview' },
  { name: 'hosts', at: () => '/hosts' },
  { name: 'host', at: ({ hostId }) => `/hosts/${encodeURIComponent(hostId)}` },
  { name: 'vms', at: () => '/vms' },
  { name: 'vm', at: ({ vmId }) => `/vms/${encodeURIComponent(vmId)}` },
  {
    name: 'migrate',
    at: ({ vmId }) => `/vms/${encodeURIComponent(vmId)}`,
    open: async (page) => {
      await click(page, 'Migrate…');
      await expect(page.getByRole('dialog').getByRole('radio', { name: 'server-a' })).toBeVisible();
    },
  },
  { name: 'migrations', at: () => '/migrations' },
  { name: 'migration-under-way', at: ({ migrationUnderWay }) => `/migrations/${migrationUnderWay}` },
  { name: 'migration-finished', at: ({ finishedMigration }) => `/migrations/${finishedMigration}` },
  { name: 'activity', at: () => '/activity' },
  { name: 'failed-task', at: ({ failedTask }) => `/activity/${failedTask}` },
  {
    name: 'add-simulated',
    at: () => '/overview',
    open: async (page) => {
      await click(page, /^Cluster shown/);
      await page.getByRole('menuitem', { name: 'Add a simulated cluster…' }).click();
    },
  },
];
