import type { Page } from '@playwright/test';

/** What is typed: the number of a VM, and each digit leaves fewer rows. */
const typed = '1234';

export interface Keystrokes {
  readonly digits: readonly number[];
  readonly cleared: number;
}

/**
 * Milliseconds from each key to the frame whose rows are the filtered ones: typed digit by digit, then all rows again
 * by Escape.
 */
export async function measureKeystrokes(page: Page): Promise<Keystrokes> {
  const field = page.getByRole('combobox', { name: 'Filter VMs' });
  await field.focus();
  const digits: number[] = [];
  for (const digit of typed) digits.push(await timeKey(page, digit));
  // The first Escape only closes the list of suggestions, where one is shown.
  if ((await field.getAttribute('aria-expanded')) === 'true') await page.keyboard.press('Escape');
  return { digits, cleared: await timeKey(page, 'Escape') };
}

/** The clock starts with the key's own time, before the page hears of it. */
const listen = `globalThis.shown = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('the rows stay as they were 30 s after the key')), 30_000);
  addEventListener('keydown', (event) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      // The task after the next frame's callbacks: that frame has been drawn.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - event.timeStamp);
        port2.postMessage(undefined);
      });
    });
    watch.observe(document.querySelector('table[aria-rowcount]'), { attributeFilter: ['aria-rowcount'] });
  }, { once: true, capture: true });
}), undefined`;

async function timeKey(page: Page, key: string): Promise<number> {
  await page.evaluate(listen);
  await page.keyboard.press(key);
  return Number(await page.evaluate('shown'));
}
