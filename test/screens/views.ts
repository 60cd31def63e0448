import { type Locator, type Page, expect as playwrightExpect } from '@playwright/test';
import { starterText } from '../../world/scenario/builtIn.ts';
import type { Story } from './story.ts';

/** A page answers within a second where nothing else runs; a picture is worth waiting for where it does not. */
export const patienceMs = 60_000;

export const expect = playwrightExpect.configure({ timeout: patienceMs });

export interface ScreenView {
  /** Of its files: `NAME-1440x900-dark.png`. */
  readonly name: string;
  /** The view's address, behind the #. */
  readonly at: (story: Story) => string;
  /** What is to be opened there. */
  readonly open?: (page: Page) => Promise<void>;
  /** What is to be scrolled to. */
  readonly show?: (page: Page) => Locator;
}

const click = async (page: Page, name: string | RegExp): Promise<void> =>
  await page.getByRole('button', { name }).first().click();

async function addSimulated(page: Page): Promise<Locator> {
  await click(page, /^Cluster shown/);
  await page.getByRole('menuitem', { name: 'Add a simulated cluster…' }).click();
  return page.getByRole('dialog', { name: 'Add a simulated cluster' });
}

const vmAt = (rest: string) => (story: Story) => `/vms/${encodeURIComponent(story.vmId)}${rest}`;
const hostAt = (rest: string) => (story: Story) => `/hosts/${encodeURIComponent(story.hostId)}${rest}`;

const isConnected = async (page: Page): Promise<void> =>
  await expect(page.getByRole('region', { name: /^Console of/ }).getByRole('status')).toContainText(
    'Connected, on ',
  );

const waysOfTheDoctor = (page: Page): Locator =>
  page.getByRole('table', { name: /^Could VMs move between server-b/ });

/** Before there is any cluster. */
export const firstViews: readonly ScreenView[] = [
  { name: 'first-start', at: () => '/' },
  { name: 'add-host', at: () => '/', open: async (page) => await click(page, 'Add a host') },
];

/** Every page, and the dialogs that decide something: a line each. */
export const storyViews: readonly ScreenView[] = [
  { name: 'overview', at: () => '/overview' },
  { name: 'hosts', at: () => '/hosts' },
  { name: 'host', at: hostAt('') },
  { name: 'host-page', at: hostAt('/page') },
  { name: 'vms', at: () => '/vms' },
  { name: 'vm', at: vmAt('') },
  { name: 'vm-page', at: vmAt('/page') },
  { name: 'vm-configuration', at: vmAt('/page?tab=configuration') },
  {
    name: 'vm-history',
    at: vmAt('/page?tab=history'),
    open: async (page) =>
      await expect(page.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toBeVisible(),
  },
  {
    name: 'vm-xml',
    at: vmAt('/page?tab=xml'),
    open: async (page) => await expect(page.getByText('<devices>')).toBeVisible(),
  },
  {
    name: 'migrate',
    at: vmAt(''),
    open: async (page) => {
      await click(page, 'Migrate…');
      await expect(page.getByRole('dialog').getByRole('radio', { name: 'server-a' })).toBeVisible();
    },
  },
  {
    name: 'bulk-migrate',
    at: () => '/vms',
    open: async (page) => {
      await page.getByRole('checkbox', { name: /^Choose all/ }).click();
      await click(page, /^Migrate /);
      await expect(page.getByRole('dialog', { name: /^Migrate / })).toBeVisible();
    },
  },
  {
    name: 'break-a-host',
    at: () => '/hosts',
    open: async (page) => {
      await page.getByRole('link', { name: 'server-b' }).click({ button: 'right' });
      await expect(page.getByRole('menuitem', { name: 'Cut its power' })).toBeVisible();
    },
  },
  { name: 'migrations', at: () => '/migrations' },
  { name: 'migration-under-way', at: ({ migrationUnderWay }) => `/migrations/${migrationUnderWay}` },
  { name: 'migration-finished', at: ({ finishedMigration }) => `/migrations/${finishedMigration}` },
  { name: 'activity', at: () => '/activity' },
  { name: 'failed-task', at: ({ failedTask }) => `/activity/${failedTask}` },
  {
    name: 'cluster',
    at: () => '/overview',
    show: (page) => page.getByRole('region', { name: 'All hosts together' }),
  },
  {
    name: 'palette',
    at: () => '/vms',
    open: async (page) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox', { name: /^Find a page/ })).toBeFocused();
      await page.keyboard.type('data');
    },
  },
  {
    name: 'shortcuts',
    at: vmAt(''),
    open: async (page) => {
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    },
  },
  {
    name: 'add-simulated',
    at: () => '/overview',
    open: async (page) => await (await addSimulated(page)).getByRole('radio', { name: 'Web shop' }).check(),
  },
  {
    name: 'own-scenario',
    at: () => '/overview',
    open: async (page) => {
      const dialog = await addSimulated(page);
      await dialog.getByRole('radio', { name: 'Your own file' }).check();
      const broken = starterText().text.replace('cores: 16', 'cores: many').replace('count: 8', 'count: 0');
      await dialog.getByLabel('Scenario file').setInputFiles({
        name: 'my-cluster.yaml',
        mimeType: 'application/yaml',
        buffer: Buffer.from(broken.replace('to: node-2', 'towards: node-2')),
      });
      await expect(dialog.getByRole('alert')).toBeVisible();
    },
  },
];

/** Those for which the clock of the cluster must go. */
export const liveViews: readonly ScreenView[] = [
  {
    name: 'console-screen',
    at: vmAt('/console/screen'),
    open: async (page) => {
      await isConnected(page);
      await expect(page.getByTestId('screen').locator('canvas')).toBeVisible();
    },
  },
  {
    name: 'console-serial',
    at: vmAt('/console/serial'),
    open: async (page) => {
      await isConnected(page);
      const serial = page.getByTestId('serial');
      await page.getByLabel(/^Type into the serial console of/).focus();
      for (const [typed, answer] of [
        ['operator', /Welcome to .*simulated/],
        ['hostname', /# hostname\s*database-01/],
      ] as const) {
        await page.keyboard.type(`${typed}\n`);
        await expect(serial).toContainText(answer);
      }
    },
  },
  {
    name: 'host-looked-over',
    at: hostAt('/page'),
    open: async (page) => {
      await click(page, 'Look server-b over');
      await waysOfTheDoctor(page)
        .getByRole('button', { name: /^From server-a to server-b/ })
        .click();
    },
    show: waysOfTheDoctor,
  },
  {
    name: 'bulk-outcome',
    at: () => `/vms?filter=${encodeURIComponent('name:job-*')}`,
    open: async (page) => {
      await page.getByRole('checkbox', { name: 'Choose all 4 shown' }).click();
      await click(page, 'Start 4 VMs');
      await page.getByRole('dialog').getByRole('button', { name: 'Start 4 VMs' }).click();
      await expect(page.getByRole('region', { name: 'Outcome: Start 4 VMs' }).getByRole('status')).toHaveText(
        '1 failed, 3 done',
      );
    },
  },
];
