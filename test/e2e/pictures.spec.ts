import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { laptop, openBrowser, smallLaptop } from './browser.ts';
import { firstMigration, type View } from './firstMigration.ts';
import { firstSimulatedMigration } from './firstSimulated.ts';
import { lookAround } from './simulatedViews.ts';
import { endsOf, startStage } from './stage.ts';
import { endWorlds } from './worldProcesses.ts';

// Not a test: `DROVER_PICTURES=FOLDER npx playwright test pictures` takes a picture of every view into the folder, in
// both themes and both sizes. docs/pictures/ holds two of them, by the names they get here.
const folder = resolve(process.env['DROVER_PICTURES'] ?? '');
const vm = 'web-01';

/** In both themes; in both sizes unless the view goes on meanwhile. */
async function take(page: Page, view: string, { moving = false } = {}): Promise<void> {
  for (const size of moving ? [laptop] : [smallLaptop, laptop]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light'] as const) {
      // A colour on its way to another is neither theme's.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${view} ${size.width}x${size.height} ${colorScheme}`.toLowerCase().replaceAll(' ', '-');
      await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
    }
  }
}

test('pictures of every view', async () => {
  test.setTimeout(600_000);
  await mkdir(folder, { recursive: true });
  const lab = await startStage('pictures');
  const drover = new DroverCommand();
  const served = await drover.serve();
  const { browser, page } = await openBrowser(served.address);
  const look = async (view: View): Promise<void> => {
    if (view === 'under way')
      await expect(page.getByRole('img', { name: /^The six steps:/ })).toHaveAccessibleName(/[4-9] rounds/, {
        timeout: 60_000,
      });
    await take(page, view, { moving: view === 'under way' });
  };
  try {
    const { keyFile } = lab.description();
    await firstMigration({ page, lab, keyFile, vm, ...(await endsOf(lab, vm)), look });
  } finally {
    await browser.close();
    await drover.close();
    await lab.down();
  }
});

test('pictures of a simulated cluster', async () => {
  test.setTimeout(900_000);
  await mkdir(folder, { recursive: true });
  const drover = new DroverCommand();
  const { dataFolder } = drover;
  const served = await drover.serve();
  const { browser, page } = await openBrowser(served.address);
  try {
    await firstSimulatedMigration(page, (view) =>
      take(page, view, { moving: view === 'simulated under way' }),
    );
    await lookAround({ page, dataFolder, look: (view) => take(page, view) });
  } finally {
    await browser.close();
    await endWorlds(dataFolder);
    await drover.close();
  }
});
