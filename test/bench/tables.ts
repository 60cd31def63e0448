import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { startBrowser } from '../e2e/browser.ts';

/**
 * The table of VMs in Chromium, over the scripted cluster at two sizes: what ten thousand rows cost over a hundred. The
 * cluster stands still, since it is scripted in the page, and making up its measurements would be counted with it.
 */
const sizes = [100, 10_000] as const;
/** Each narrows the list further, or widens it again. */
const typed = [
  'web-0',
  '1',
  '2',
  'Backspace',
  'Backspace',
  ' state:',
  'active',
  ' ',
  'x',
  'Backspace',
] as const;
const keystrokes = 60;
const scrolledFrames = 240;

export async function run(say: (what: string) => void): Promise<readonly Readonly<Record<string, number>>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-bench-page-'));
  say('building the page, with the scripted cluster in it');
  await buildPage(folder);
  const server = await serve(folder);
  const browser = await startBrowser();
  try {
    const runs: Readonly<Record<string, number>>[] = [];
    for (const vms of sizes) {
      say(`${vms} VMs`);
      const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
      runs.push({ vms, ...(await measure(page, `${addressOf(server)}/?fake&many=${vms}&still#/vms`)) });
      await page.context().close();
    }
    const [few, many] = runs;
    const ratios = Object.entries(many ?? {}).map(([name, value]) => [
      name,
      value / (few?.[name] ?? Number.NaN),
    ]);
    return [...runs, Object.fromEntries(ratios)];
  } finally {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildPage(folder: string): Promise<void> {
  const { build, mergeConfig, loadConfigFromFile } = await import('vite');
  const loaded = await loadConfigFromFile(
    { command: 'build', mode: 'production' },
    resolve(import.meta.dirname, '../../vite.renderer.config.ts'),
  );
  await build({
    ...mergeConfig(loaded?.config ?? {}, {
      configFile: false,
      logLevel: 'error',
      // React as it is shipped, and yet the scripted cluster.
      define: { 'import.meta.env.DEV': 'true' },
      build: { outDir: folder, sourcemap: false },
    }),
    configFile: false,
  });
}

const kinds: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': kinds[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server of the page has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function measure(page: Page, address: string): Promise<Readonly<Record<string, number>>> {
  const began = performance.now();
  await page.goto(address);
  await page.getByRole('table').getByRole('row').nth(5).waitFor({ timeout: 60_000 });
  const firstRowsMs = performance.now() - began;
  await page.waitForTimeout(3000);
  const cpu = await cpuClock(page);
  const idle = await frames(page, 'still', scrolledFrames);
  const idleCpuMs = await cpu();
  const scroll = await frames(page, 'scroll', scrolledFrames);
  const scrollCpuMs = await cpu();
  const keys = await keystrokeTimes(page);
  const keysCpuMs = await cpu();
  const sort = await clickTimes(page, ['vCPUs', 'Name', 'State', 'Name', 'CPU', 'Name']);
  return {
    firstRowsMs,
    keystrokeMedianMs: at(keys, 0.5),
    keystroke95Ms: at(keys, 0.95),
    keystrokeCpuMs: keysCpuMs / keys.length,
    sortMedianMs: at(sort, 0.5),
    idleFrame95Ms: at(idle, 0.95),
    scrollFrameMedianMs: at(scroll, 0.5),
    scrollFrame95Ms: at(scroll, 0.95),
    idleFrameCpuMs: idleCpuMs / scrolledFrames,
    scrollFrameCpuMs: scrollCpuMs / scrolledFrames,
  };
}

/** What the page's own thread has worked since it was last asked: what a busy machine does not lengthen as it does waiting. */
async function cpuClock(page: Page): Promise<() => Promise<number>> {
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Performance.enable', { timeDomain: 'threadTicks' });
  let last = 0;
  const since = async (): Promise<number> => {
    const { metrics } = await protocol.send('Performance.getMetrics');
    const now = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
    const spent = now - last;
    last = now;
    return spent;
  };
  await since();
  return since;
}

/** From a key until what it changed has been painted. */
async function keystrokeTimes(page: Page): Promise<readonly number[]> {
  await page.getByRole('combobox', { name: 'Filter VMs' }).focus();
  await listen(page, 'keydown');
  for (let key = 0; key < keystrokes; key += 1) {
    const next = typed[key % typed.length] ?? ' ';
    if (next === 'Backspace') await page.keyboard.press(next);
    else await page.keyboard.type(next, { delay: 40 });
    await page.waitForTimeout(60);
    if (key % typed.length === typed.length - 1) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
    }
  }
  return await heard(page);
}

async function clickTimes(page: Page, titles: readonly string[]): Promise<readonly number[]> {
  await listen(page, 'click');
  for (const title of titles) {
    await page.getByRole('columnheader', { name: title }).getByRole('button').first().click();
    await page.waitForTimeout(200);
  }
  return await heard(page);
}

/** Scripts are texts: they run in the page, where TypeScript's helpers are not. */
async function listen(page: Page, kind: 'keydown' | 'click'): Promise<void> {
  await page.evaluate(`
    globalThis.heard = [];
    globalThis.hear = (event) => {
      const began = event.timeStamp;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => heard.push(performance.now() - began);
        channel.port2.postMessage(0);
      });
    };
    addEventListener('${kind}', hear, true);
    globalThis.deafen = () => removeEventListener('${kind}', hear, true);
  `);
}

async function heard(page: Page): Promise<readonly number[]> {
  return (await page.evaluate('deafen(), heard')) as readonly number[];
}

/** The time from frame to frame, while the table is scrolled by a wheel's notch each frame, or stands still. */
async function frames(page: Page, how: 'scroll' | 'still', count: number): Promise<readonly number[]> {
  return (await page.evaluate(`new Promise((done) => {
    const frame = document.querySelector('table').parentElement;
    const times = [];
    let last = performance.now();
    let down = true;
    const next = (now) => {
      times.push(now - last);
      last = now;
      if (times.length > ${count}) return done(times.slice(1));
      if (${how === 'scroll'}) {
        if (frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 1) down = false;
        if (frame.scrollTop <= 0) down = true;
        frame.scrollTop += down ? 120 : -120;
      }
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })`)) as readonly number[];
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
