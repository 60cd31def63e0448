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
  await page.getByRole('searchbox', { name: 'Filter VMs' }).focus();
  const digits: number[] = [];
  for (const digit of typed) digits.push(await timeKey(page, digit));
  return { digits, cleared: await timeKey(page, 'Escape') };
}

async function timeKey(page: Page, key: string): Promise<number> {
  // The clock starts with the key's own time, before the page hears of it.
  await page.evaluate(() => {
    const shown = new Promise<number>((resolve) => {
      addEventListener(
        'keydown',
        (event) => {
          const began = event.timeStamp;
          const table = document.querySelector('table[aria-rowcount]');
          if (table === null) return;
          const watch = new MutationObserver(() => {
            watch.disconnect();
            // The task after the next frame's callbacks: that frame has been drawn.
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.addEventListener('message', () => resolve(performance.now() - began));
              port1.start();
              port2.postMessage(undefined);
            });
          });
          watch.observe(table, { attributeFilter: ['aria-rowcount'] });
        },
        { once: true, capture: true },
      );
    });
    Object.assign(globalThis, { shown });
  });
  await page.keyboard.press(key);
  return await page.evaluate(() => Reflect.get(globalThis, 'shown') as Promise<number>);
}
