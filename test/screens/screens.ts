import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { Requester } from '#shared/model/task.ts';
import { startBackend } from '../../electron/backend/backend.ts';
import { startBrowserServer } from '../../electron/server/server.ts';
import { laptop, openBrowser, smallLaptop } from '../e2e/browser.ts';
import { endWorlds } from '../e2e/worldProcesses.ts';
import { goOn, type Story, tellStory } from './story.ts';
import { expect, firstViews, liveViews, patienceMs, type ScreenView, storyViews } from './views.ts';

// `npm run screens [-- NAME ...]`: every page in both sizes and both themes into docs/screens/, or only those named.
// Page and backend are the real ones; neither a name nor a path of this machine is in a picture.
const root = resolve(import.meta.dirname, '../..');
const pageFolder = join(root, 'out', 'renderer');
const output = join(root, 'docs', 'screens');
const requester: Requester = { who: 'tester@workstation', via: 'browser' };
const wanted = process.argv.slice(2);
/** Until charts have drawn themselves in the room they have now. */
const twoFrames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
const drawnMs = 1500;
const isWanted = ({ name }: ScreenView): boolean => wanted.length === 0 || wanted.includes(name);

async function take(page: Page, view: ScreenView, story: Story | undefined): Promise<void> {
  await page.setViewportSize(laptop);
  // From another address, so that a dialog of the view before is gone.
  await page.evaluate(`location.replace('#/nowhere')`);
  await page.reload();
  const address = story === undefined ? '/' : view.at(story);
  await page.evaluate(`location.replace(${JSON.stringify(`#${address}`)})`);
  await expect(page.getByText('Reading the inventory…')).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // The clock stands, so what is measured comes once: what was remembered, and then it is drawn.
  if (story !== undefined) await page.waitForTimeout(drawnMs);
  await view.open?.(page);
  // No tooltip of what was clicked.
  await page.mouse.move(0, 0);
  for (const size of [laptop, smallLaptop]) {
    await page.setViewportSize(size);
    await page.evaluate(twoFrames);
    if (view.show !== undefined) await view.show(page).scrollIntoViewIfNeeded();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${view.name}-${size.width}x${size.height}-${colorScheme}.png`;
      await page.screenshot({ path: join(output, name), animations: 'disabled', caret: 'hide' });
    }
  }
  console.error(`${view.name}: 4 pictures`);
}

/** One view that cannot be shown keeps no other from being taken; what stood there instead is in out/. */
async function takeAll(page: Page, views: readonly ScreenView[], story?: Story): Promise<void> {
  for (const view of views.filter(isWanted)) {
    try {
      await take(page, view, story);
    } catch (error) {
      process.exitCode = 1;
      const instead = join(root, 'out', `${view.name}-instead.png`);
      await page.screenshot({ path: instead });
      console.error(
        `${view.name}: not taken (see ${instead}): ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

if (!existsSync(join(pageFolder, 'index.html')))
  throw new Error('There is no built page. Run "npm run build".');
await mkdir(output, { recursive: true });
const dataFolder = await mkdtemp(join(tmpdir(), 'drover-screens-'));
const backend = await startBackend({ dataFolder, mode: 'server' });
const server = await startBrowserServer({
  port: 0,
  pageFolder,
  accept: (socket) => backend.acceptSocket(socket, requester),
  now: Date.now,
});
const { browser, page } = await openBrowser(server.newAddress());
try {
  page.setDefaultTimeout(patienceMs);
  await takeAll(page, firstViews);
  const story = await tellStory(backend.client(requester));
  await takeAll(page, storyViews, story);
  await goOn(backend.client(requester), story);
  await takeAll(page, liveViews, story);
} finally {
  await browser.close();
  await server.close();
  await backend.stop();
  await endWorlds(dataFolder);
  await rm(dataFolder, { recursive: true, force: true });
}
process.exit();
