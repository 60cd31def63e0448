import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What axe finds wrong with the page as it stands, in both themes; nothing is wanted. */
export async function expectAccessible(page: Page, view: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // A colour on its way to another is neither theme's.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The page answers a little later than it is asked.
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    await motionEnded(page);
    // Otherwise it opens a page of its own for what it found, which Electron has none to give.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // The other theme changes colours and nothing else.
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules('color-contrast')).analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html} ${measuredBy(node.any)}`),
    );
    expect(found, `${view}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** What axe has measured: of a contrast both colours, the ratio and what was wanted. */
function measuredBy(checks: readonly { readonly data: unknown }[]): string {
  return JSON.stringify(checks.flatMap(({ data }) => (data === null || data === undefined ? [] : [data])));
}

/** The page itself counts what moves and has an end. */
const movingThings =
  'document.getAnimations().filter((each) => each.playState === "running" && Number.isFinite(each.effect?.getComputedTiming().endTime)).length';

async function motionEnded(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(movingThings)).toBe(0);
}
