import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { DroverCommand } from '../lab-tests/droverCommand.ts';
import { laptop, openBrowser, smallLaptop } from './browser.ts';
import { firstMigration, type View } from './firstMigration.ts';
import { endsOf, startStage } from './stage.ts';

// Not a test: `DROVER_PICTURES=FOLDER npx playwright test pictures` takes a picture of every view into the folder, in
// both themes and both sizes. docs/pictures/ holds two of them, by the names they get here.
const folder = resolve(process.env['DROVER_PICTURES'] ?? '');
const vm = 'web-01';

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
    for (const size of view === 'under way' ? [laptop] : [smallLaptop, laptop]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        const name = `${view} ${size.width}x${size.height} ${colorScheme}`.toLowerCase().replaceAll(' ', '-');
        await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
      }
    }
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
