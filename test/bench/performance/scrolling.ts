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
const restMs = 1000;

const plainRows = 10_000;

/** Makes of the page a list of plain divs as many and as high as the table's rows: what scrolling costs by itself. */
export async function showPlainList(page: Page): Promise<string> {
  await page.evaluate(`(() => {
    document.body.style.cssText = 'margin:0;height:100vh;overflow:hidden;font:14px sans-serif';
    const list = document.createElement('main');
    list.style.cssText = 'height:100%;overflow:auto';
    for (let row = 1; row <= ${plainRows}; row += 1) {
      const line = document.createElement('div');
      line.style.cssText = 'height:${rowHeight}px;border-bottom:1px solid silver;box-sizing:border-box';
      line.textContent = 'A plain line, and its number is ' + row;
      list.append(line);
    }
    document.body.replaceChildren(list);
  })()`);
  return 'main';
}

const countFrames = `(() => {
  const frames = [];
  let isCounting = true;
  const next = (at) => { frames.push(at); if (isCounting) requestAnimationFrame(next); };
  requestAnimationFrame(next);
  globalThis.stopCounting = () => { isCounting = false; return frames; };
})()`;

const placeSchema = z.object({ x: z.number(), y: z.number() });

/** What scrolls is the list or what holds it. */
async function toItsBeginning(page: Page, list: string): Promise<z.infer<typeof placeSchema>> {
  const place = placeSchema.parse(
    await page.evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(list)});
      const frame = element.tagName === 'TABLE' ? element.parentElement : element;
      frame.scrollTop = 0;
      const { left, top, width, height } = frame.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    })()`),
  );
  await new Promise((resolve) => void setTimeout(resolve, restMs));
  return place;
}

/** As with a wheel that runs freely: 80 rows a second, over what the selector `list` finds. The page's own frames are counted while it goes on. */
export async function measureScrolling(page: Page, list: string): Promise<Scrolling> {
  const place = await toItsBeginning(page, list);
  const session = await page.context().newCDPSession(page);
  await page.evaluate(countFrames);
  await session.send('Input.synthesizeScrollGesture', {
    ...place,
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
