import type { Page } from '@playwright/test';
import { z } from 'zod';

/** Of one flight over the table: milliseconds between two frames that the page could draw. */
export interface Scrolling {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  readonly rowsPassed: number;
}

const rowHeight = 36;
const speed = 3000;
const seconds = 4;

const countFrames = `(() => {
  const frames = [];
  let isCounting = true;
  const next = (at) => { frames.push(at); if (isCounting) requestAnimationFrame(next); };
  requestAnimationFrame(next);
  globalThis.stopCounting = () => { isCounting = false; return frames; };
})()`;

/** As with a wheel that runs freely: 80 rows a second. The page's own frames are counted while it goes on. */
export async function measureScrolling(page: Page): Promise<Scrolling> {
  const box = await page.getByRole('table', { name: 'Virtual machines' }).boundingBox();
  if (box === null) throw new Error('there is no table of VMs');
  const session = await page.context().newCDPSession(page);
  await page.evaluate(countFrames);
  await session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + 300,
    yDistance: -speed * seconds,
    speed,
    preventFling: true,
    gestureSourceType: 'mouse',
  });
  const frames = z.array(z.number()).parse(await page.evaluate('stopCounting()'));
  await session.detach();
  const between = frames.slice(1).map((at, index) => at - (frames[index] ?? at));
  const sorted = between.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return {
    medianMs: at(0.5),
    p95Ms: at(0.95),
    longestMs: at(1),
    rowsPassed: Math.round((speed * seconds) / rowHeight),
  };
}
