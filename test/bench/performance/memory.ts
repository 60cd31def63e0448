import type { Page } from '@playwright/test';
import type { MeasuredApp } from './measuredApp.ts';
import { type ProcessMemory, processMemory } from './processMemory.ts';

/** MiB of the app at one moment; `other` is Chromium's own processes together. */
export interface MemoryReading {
  /** Since the first. */
  readonly minutes: number;
  readonly main: MemoryOf;
  readonly page: MemoryOf;
  readonly backend: MemoryOf;
  readonly other: MemoryOf;
  /** The page's JavaScript heap once its garbage is collected. */
  readonly pageHeapMiB: number;
}

export type MemoryOf = Pick<ProcessMemory, 'residentMiB' | 'ownMiB'>;

const readings = 10;

/** Reads at once and then ten times, evenly over real minutes; the page is left on the overview. */
export async function measureMemory(
  app: MeasuredApp,
  page: Page,
  minutes: number,
): Promise<readonly MemoryReading[]> {
  const found = [await read(app, page, 0)];
  for (let number = 1; number <= readings; number += 1) {
    await new Promise((resolve) => void setTimeout(resolve, (minutes * 60_000) / readings));
    found.push(await read(app, page, (minutes * number) / readings));
  }
  return found;
}

async function read(app: MeasuredApp, page: Page, minutes: number): Promise<MemoryReading> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const all = await processMemory(app.pid);
  const together = (role: ProcessMemory['role']): MemoryOf => {
    const found = all.filter((each) => each.role === role);
    return {
      residentMiB: found.reduce((sum, each) => sum + each.residentMiB, 0),
      ownMiB: found.reduce((sum, each) => sum + each.ownMiB, 0),
    };
  };
  return {
    minutes,
    main: together('main'),
    page: together('page'),
    backend: together('backend'),
    other: together('other'),
    pageHeapMiB: usedSize / 2 ** 20,
  };
}
