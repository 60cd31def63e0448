import type { Page } from '@playwright/test';

/** From here on; the page itself counts what it takes for clicks, of either button. */
export async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(
    'if (globalThis.clicks === undefined) for (const kind of ["click", "contextmenu"]) addEventListener(kind, (event) => { if (event.isTrusted) clicks += 1; }, true); globalThis.clicks = 0;',
  );
  return async () => Number(await page.evaluate('clicks'));
}
