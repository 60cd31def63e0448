import type { Page } from '@playwright/test';

/** What is typed: the number of a VM, and each digit leaves fewer rows. */
const typed = '1234';

/**
 * Milliseconds from each key to the frame whose rows are the filtered ones: typed digit by digit, then all rows again
 * by Escape.
 */
export async function measureKeystrokes(page: Page): Promise<{
  readonly digits: readonly number[];
  readonly cleared: number;
}> {
  await page.getByRole('combobox', { name: 'Filter VMs' }).focus();
  const digits: number[] = [];
  for (const digit of typed) digits.push(await timeKey(page, digit));
  return { digits, cleared: await timeKey(page, 'Escape') };
}

/** The clock starts with the key's own time, before the page hears of it. */
const listen = `globalThis.shown = new Promise((resolve) => addEventListener('keydown', (event) => {
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
}, { once: true, capture: true })), undefined`;

async function timeKey(page: Page, key: string): Promise<number> {
  await page.evaluate(listen);
  await page.keyboard.press(key);
  return Number(await page.evaluate('shown'));
}
