import { openBrowser } from './test/e2e/browser.ts';
import { endWorlds } from './test/e2e/worldProcesses.ts';
import { DroverCommand } from './test/lab-tests/droverCommand.ts';

const drover = new DroverCommand();
const served = await drover.serve();
const { browser, page } = await openBrowser(served.address);
page.on('console', (m) => {
  if (m.type() !== 'log') console.log('PAGE', m.type(), m.text().slice(0, 300));
});
page.on('pageerror', (e) => console.log('ERR', e.message));
const shot = async (name) => {
  for (const [w, h] of [
    [1440, 900],
    [1024, 700],
  ])
    for (const theme of ['light', 'dark']) {
      await page.setViewportSize({ width: w, height: h });
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(250);
      await page.screenshot({ path: `/tmp/w/consoles-shots/${name}-${w}-${theme}.png` });
    }
};
try {
  await page.getByRole('button', { name: 'Try a simulated cluster' }).click();
  await page.getByText('Nothing is wrong').waitFor({ timeout: 60000 });
  await page
    .getByRole('navigation', { name: 'Pages' })
    .getByRole('link', { name: 'Virtual machines' })
    .click();
  await page
    .getByRole('table', { name: 'Virtual machines' })
    .getByRole('row')
    .filter({ hasText: 'web-01' })
    .click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: '/tmp/w/consoles-shots/pane.png' });
  await page.getByRole('link', { name: 'Console' }).click();
  await page.getByText('Connected, on server-a').waitFor({ timeout: 20000 });
  await page.waitForTimeout(1500);
  await page.keyboard.type('root\n', { delay: 20 });
  await page.keyboard.type('uname -a\n', { delay: 20 });
  await page.waitForTimeout(1000);
  await shot('screen');
  await page.getByRole('link', { name: 'Serial' }).click();
  await page.waitForTimeout(1500);
  await page.keyboard.type('root\n', { delay: 20 });
  await page.keyboard.type('help\n', { delay: 20 });
  await page.waitForTimeout(800);
  await shot('serial');
  console.log(await page.locator('.xterm-rows').textContent());
  console.log(
    await page.evaluate(
      `[...document.querySelectorAll('style')].map(s => [s.parentElement.className, s.nonce, s.textContent.slice(0,60), s.sheet?.cssRules.length])`,
    ),
  );
} catch (e) {
  console.log('FAILED', e);
  await page.screenshot({ path: '/tmp/w/consoles-shots/failed.png' });
} finally {
  await browser.close();
  await endWorlds(drover.dataFolder);
  await drover.close();
}
