import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { readWorldInfo } from '../../../electron/backend/simulation/worldFolder.ts';
import { startMarks } from '../../../renderer/app/startMark.ts';
import { ordinaryUser } from '../../e2e/ordinaryUser.ts';
import { type MeasuredApp, startMeasuredApp } from './measuredApp.ts';
import { type Packed, vmsTable } from './parts.ts';
import { type CpuByRole, coresWhile, cpuSeconds } from './processCpu.ts';
import { measureScrolling, type Scrolling, showPlainList } from './scrolling.ts';

/** The built-in data centre in the app: from the click to its last VM, then watched. */
export interface DataCentre {
  /** From the click to the overview with all hosts and VMs. */
  readonly startMs: number;
  /** Seconds of a processor that all processes together worked for it. */
  readonly startCpuSeconds: number;
  readonly overviewAtX1: CpuByRole;
  readonly overviewAtX60: CpuByRole;
  readonly scrollingAtX60: CpuByRole;
  readonly table: Scrolling;
  readonly plain: Scrolling;
  readonly longTasks: LongTasks;
}

/** Of the page's own thread, more than 50 ms each, while the table was scrolled. */
interface LongTasks {
  readonly count: number;
  readonly longestMs: number;
}

/** Until the app is surely up: whoever connects to one that is just starting may wait for ever. */
const beforeLookMs = 10_000;
const settleMs = 10_000;
const watchMs = 20_000;
const startPatienceMs = 120_000;
const mostScrolls = 3;

export async function measureDataCentre({ drover, bare }: Packed): Promise<DataCentre> {
  const user = await ordinaryUser();
  const dataFolder = join(user.home, 'drover');
  await mkdir(dataFolder);
  if (process.getuid?.() === 0) await chown(dataFolder, user.uid, user.uid);
  const stage = { user, dataFolder };
  try {
    const watched = await onApp(await startMeasuredApp(drover, stage), watchDataCentre);
    const plain = await onApp(await startMeasuredApp(bare, stage), async (_app, page) => {
      return await measureScrolling(page, await showPlainList(page));
    });
    return { ...watched, plain };
  } finally {
    const world = readWorldInfo(join(dataFolder, 'worlds', 'data-centre'));
    // It would go on for ten minutes without its console.
    if (world !== undefined) process.kill(world.pid, 'SIGKILL');
    await user.leave();
  }
}

async function onApp<Found>(
  app: MeasuredApp,
  work: (app: MeasuredApp, page: Page) => Promise<Found>,
): Promise<Found> {
  try {
    await pause(beforeLookMs);
    return await work(app, await app.look());
  } finally {
    await app.close();
  }
}

async function watchDataCentre(app: MeasuredApp, page: Page): Promise<Omit<DataCentre, 'plain'>> {
  const before = await cpuSeconds(app.pid);
  const startMs = await startIt(page);
  const startCpuSeconds = total(await cpuSeconds(app.pid)) - total(before);
  await pause(settleMs);
  const overviewAtX1 = await coresWhile(app.pid, async () => await pause(watchMs));
  await page.getByRole('button', { name: 'x60:' }).click();
  await pause(settleMs);
  const overviewAtX60 = await coresWhile(app.pid, async () => await pause(watchMs));
  const list = await vmsTable(page);
  await page.evaluate(countLongTasks);
  const scrolling = await coresWhile(app.pid, async () => {
    const found: Scrolling[] = [];
    for (let number = 0; number < mostScrolls; number += 1) found.push(await measureScrolling(page, list));
    return found;
  });
  const tasks = z.array(z.number()).parse(await page.evaluate('longTasks'));
  const [table] = scrolling.found.toSorted((one, other) => one.p95Ms - other.p95Ms).slice(1);
  if (table === undefined) throw new Error('nothing was scrolled');
  return {
    startMs,
    startCpuSeconds,
    overviewAtX1: overviewAtX1.cores,
    overviewAtX60: overviewAtX60.cores,
    scrollingAtX60: scrolling.cores,
    table,
    longTasks: { count: tasks.length / mostScrolls, longestMs: Math.max(0, ...tasks) },
  };
}

const countLongTasks = `(() => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
})()`;

/** The clock starts with the click's own time, and stops where the page has all that the hosts told. */
async function startIt(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Choose another' }).click();
  await page.getByRole('radio', { name: 'Data centre' }).check();
  await page.evaluate(`addEventListener('click', (event) => { globalThis.clickedAt = event.timeStamp; },
    { once: true, capture: true })`);
  await page.getByRole('button', { name: 'Start Data centre' }).click();
  const deadline = performance.now() + startPatienceMs;
  for (;;) {
    const took: unknown = await page.evaluate(
      `performance.getEntriesByName('${startMarks.hostsAnswered}')[0]?.startTime - clickedAt`,
    );
    if (typeof took === 'number' && !Number.isNaN(took)) return took;
    if (performance.now() > deadline) throw new Error('the data centre is not there in time');
    await pause(500);
  }
}

export const total = (cpu: CpuByRole): number => cpu.main + cpu.page + cpu.backend + cpu.world + cpu.other;

const pause = (delayMs: number) => new Promise<void>((resolve) => void setTimeout(resolve, delayMs));
