import { expect, type Locator, type Page } from '@playwright/test';
import { goTo, rowOf, seeLive } from './console.ts';
import { cluster } from './firstSimulated.ts';
import { worldPid } from './worldProcesses.ts';

export type BrokenView =
  | 'migrate again'
  | 'under way, paused'
  | 'find and do'
  | 'keyboard shortcuts'
  | 'latest tasks'
  | 'migrations'
  | 'activity'
  | 'menu of a task'
  | 'simulated hosts at x600'
  | 'paused clock'
  | 'host looked over'
  | 'menu of a simulated host'
  | 'slow link'
  | 'host off'
  | 'host without a link'
  | 'hung guest'
  | 'add a simulated cluster'
  | 'scenario file with mistakes'
  | 'remove a simulated cluster'
  | 'simulation stopped';

export interface LookAround {
  readonly page: Page;
  readonly dataFolder: string;
  /** Called at each view once it shows what it is to show. */
  readonly look: (view: BrokenView) => Promise<void>;
}

export const lost = (page: Page): Locator =>
  page.getByRole('alert').filter({ hasText: `The simulation of ${cluster} does not answer.` });

/** Everything that can be done with a simulated cluster and not with a real one, each thing mended again. */
export async function lookAround(around: LookAround): Promise<void> {
  await migrateBack(around);
  await findThings(around);
  await runTheClock(around);
  await askTheDoctor(around);
  await breakLinks(around);
  await breakPower(around);
  await hangGuest(around);
  await openDialogs(around);
  await stopTheWorld(around);
}

/** Under way for as long as one wants to look: its time stands still meanwhile. */
async function migrateBack({ page, look }: LookAround): Promise<void> {
  await goTo(page, 'Virtual machines');
  await choose(rowOf(page, 'Virtual machines', 'cache-01'), 'Migrate…');
  const dialog = page.getByRole('dialog', { name: 'Migrate cache-01' });
  const order = dialog.getByRole('button', { name: /^Migrate cache-01 to/ });
  await expect(order).toBeEnabled({ timeout: 60_000 });
  await look('migrate again');
  await order.click();
  const picture = page.getByRole('img', { name: /^The six steps:/ });
  await expect(picture).toHaveAccessibleName(/2 Pre-copy now/, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause the simulated clock' }).click();
  const goOn = page.getByRole('button', { name: /go on at x1/ });
  await expect(goOn).toBeVisible();
  // MUI's tooltip stands outside of the page's regions; what it says is the button's own name.
  await page.mouse.move(0, 0);
  await expect(page.getByRole('tooltip')).toBeHidden();
  await look('under way, paused');
  await goOn.click();
  await page.getByRole('button', { name: 'Cancel migration' }).click();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible({ timeout: 60_000 });
}

async function findThings({ page, look }: LookAround): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /^Find a page/ })).toBeFocused();
  await look('find and do');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(keys).toBeVisible();
  await look('keyboard shortcuts');
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await goTo(page, 'Migrations');
  await look('migrations');
  await page.keyboard.press('t');
  await expect(page.getByRole('heading', { name: 'Running and latest tasks' })).toBeVisible();
  await look('latest tasks');
  await page.keyboard.press('t');
  await goTo(page, 'Activity');
  await expect(page.getByRole('table', { name: 'Activity' })).toContainText('cache-01 moved');
  await look('activity');
  await page
    .getByRole('button', { name: /^Actions of Migrate cache-01/ })
    .first()
    .click();
  await expect(page.getByRole('menuitem', { name: /^Try it again/ })).toBeVisible();
  await look('menu of a task');
  await page.keyboard.press('Escape');
}

async function runTheClock({ page, look }: LookAround): Promise<void> {
  const clock = page.getByRole('group', { name: 'Simulated clock' });
  const time = clock.getByLabel('Simulated time');
  const shown = async (): Promise<number> => Date.parse((await time.getAttribute('datetime')) ?? '');
  await clock.getByRole('button', { name: /^x600:/ }).click();
  const before = await shown();
  await expect.poll(shown, { timeout: 60_000 }).toBeGreaterThan(before + 2 * 3_600_000);
  await goTo(page, 'Hosts');
  await seeLive(rowOf(page, 'Hosts', 'server-a'), /[\d.]+ %[\d.]+ of [\d.]+ GiB/);
  await look('simulated hosts at x600');

  await clock.getByRole('button', { name: 'Pause the simulated clock' }).click();
  await expect(clock.getByRole('button', { name: /go on at x600/ })).toBeVisible();
  const paused = await shown();
  await clock.getByRole('button', { name: 'Step on by 10 min' }).click();
  await expect.poll(shown, { timeout: 60_000 }).toBe(paused + 600_000);
  await look('paused clock');
  // While it stands, a narrow window has its steps where the speeds are.
  await clock.getByRole('button', { name: /go on at x600/ }).click();
  await clock.getByRole('button', { name: /^x1:/ }).click();
  await expect(clock.getByText('simulated time', { exact: true })).toBeVisible();
}

/** Its clock is the one thing that is wrong with a host of this scenario. */
async function askTheDoctor({ page, look }: LookAround): Promise<void> {
  await goTo(page, 'Hosts');
  await rowOf(page, 'Hosts', 'server-b').getByRole('link').click();
  const pane = page.getByRole('complementary', { name: 'Details of server-b' });
  const doctor = pane.getByRole('region', { name: 'Doctor' });
  await doctor.getByRole('button', { name: 'Look server-b over' }).click();
  const ways = doctor.getByRole('table', { name: /^Could VMs move between server-b/ });
  await ways.getByRole('button', { name: 'From server-a to server-b: Warning' }).click();
  await expect(ways).toContainText('The clock of server-b is 3 s ahead of that of server-a.');
  // A blank stands between the mark and the words.
  await doctor
    .getByText(/^\s*\d+ checks fine$/)
    .first()
    .click();
  await ways.scrollIntoViewIfNeeded();
  await look('host looked over');
  await pane.getByRole('button', { name: 'Close details of server-b' }).click();
}

/** Right-clicks the row and chooses from its menu. */
async function choose(row: Locator, words: string): Promise<void> {
  await row.getByRole('link').click({ button: 'right' });
  await row.page().getByRole('menuitem', { name: words }).click();
}

async function breakLinks({ page, look }: LookAround): Promise<void> {
  await goTo(page, 'Hosts');
  const row = rowOf(page, 'Hosts', 'server-b');
  await row.getByRole('link').click({ button: 'right' });
  await look('menu of a simulated host');
  await page.getByRole('menuitem', { name: 'Slow its link to 10 Mbit/s' }).click();
  await expect(row).toContainText('Link at 10 Mbit/s');
  await look('slow link');
  await choose(row, 'Cut its link');
  await expect(row).toContainText('Link cut');
  await row.getByRole('link').click();
  const pane = page.getByRole('complementary', { name: 'Details of server-b' });
  await expect(pane).toContainText('The link of server-b is cut in the simulation.');
  await look('host without a link');
  await pane.getByRole('button', { name: 'Mend the link of server-b' }).click();
  await pane.getByRole('button', { name: 'Close details of server-b' }).click();
  await expect(row).toContainText('Connected', { timeout: 240_000 });
}

async function breakPower({ page, look }: LookAround): Promise<void> {
  const row = rowOf(page, 'Hosts', 'server-b');
  await choose(row, 'Cut its power');
  await expect(row).toContainText('Power off');
  await goTo(page, 'Overview');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  await expect(attention).toContainText('server-b is off');
  await look('host off');
  await attention.getByRole('button', { name: 'Switch server-b on' }).click();
  await expect(attention).not.toContainText('server-b is off');
  await goTo(page, 'Hosts');
  await expect(row).toContainText('Connected', { timeout: 240_000 });
}

async function hangGuest({ page, look }: LookAround): Promise<void> {
  await goTo(page, 'Virtual machines');
  const row = rowOf(page, 'Virtual machines', 'web-01');
  await choose(row, 'Hang its guest');
  await row.getByRole('link').click();
  const pane = page.getByRole('complementary', { name: 'Details of web-01' });
  await expect(pane).toContainText('The guest of web-01 hangs');
  await look('hung guest');
  await pane.getByRole('button', { name: 'Let web-01 go on' }).click();
  await expect(pane).not.toContainText('The guest of web-01 hangs');
}

async function openDialogs({ page, look }: LookAround): Promise<void> {
  await page.getByRole('button', { name: /^Cluster shown/ }).click();
  await page.getByRole('menuitem', { name: 'Add a simulated cluster…' }).click();
  const add = page.getByRole('dialog', { name: 'Add a simulated cluster' });
  await expect(add.getByRole('radio', { name: cluster })).toBeChecked();
  await look('add a simulated cluster');
  await add.getByRole('radio', { name: 'Your own file' }).check();
  const broken = {
    name: 'mine.yaml',
    mimeType: 'application/yaml',
    buffer: Buffer.from('drover: 1\nhosts: none\n'),
  };
  await add.getByLabel('Scenario file').setInputFiles(broken);
  await expect(add.getByRole('list', { name: 'What is wrong in mine.yaml' })).toContainText('Line 2');
  await look('scenario file with mistakes');
  await add.getByRole('button', { name: 'Cancel' }).click();
  await goTo(page, 'Overview');
  await page.getByRole('button', { name: `Actions of ${cluster}` }).click();
  await page.getByRole('menuitem', { name: `Remove ${cluster}…` }).click();
  const remove = page.getByRole('alertdialog', { name: `Remove ${cluster} (simulated)?` });
  await expect(remove).toContainText('is lost');
  await look('remove a simulated cluster');
  await remove.getByRole('button', { name: 'Cancel' }).click();
  await expect(remove).toBeHidden();
}

async function stopTheWorld({ page, dataFolder, look }: LookAround): Promise<void> {
  process.kill(await worldPid(dataFolder), 'SIGKILL');
  await expect(lost(page)).toBeVisible({ timeout: 60_000 });
  await look('simulation stopped');
  await lost(page).getByRole('button', { name: 'Start it again' }).click();
  await expect(lost(page)).toBeHidden({ timeout: 120_000 });
}
