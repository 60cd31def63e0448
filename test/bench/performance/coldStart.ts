import type { Page } from '@playwright/test';
import { startMarks } from '../../../renderer/app/startMark.ts';
import type { PackedApp } from '../../e2e/packedApp.ts';
import type { FleetStage } from './fleetStage.ts';
import { type MeasuredApp, startMeasuredApp } from './measuredApp.ts';

/** Milliseconds from the start of the program. */
export interface ColdStart {
  /** The window shows that Drover starts. */
  readonly firstPaintMs: number;
  /** The overview shows what is known of every host, and its verbs can be used. */
  readonly overviewMs: number;
  /** Every host has answered. */
  readonly allHostsMs: number;
}

/** Nobody looks at the app before it should be up: whoever looks takes a share of the processor. */
const undisturbedMs = 6000;
const hostsPatienceMs = 120_000;

export async function measureColdStart(packed: PackedApp, stage: FleetStage): Promise<ColdStart> {
  const app = await startMeasuredApp(packed, stage);
  try {
    await new Promise((resolve) => void setTimeout(resolve, undisturbedMs));
    return await readColdStart(app, await app.look());
  } finally {
    await app.close();
  }
}

async function readColdStart(app: MeasuredApp, page: Page): Promise<ColdStart> {
  const atMs = async (name: string) =>
    (await page.evaluate(
      (entry) => performance.timeOrigin + (performance.getEntriesByName(entry)[0]?.startTime ?? Number.NaN),
      name,
    )) - app.startedAt;
  const deadline = performance.now() + hostsPatienceMs;
  let allHostsMs = await atMs(startMarks.hostsAnswered);
  while (Number.isNaN(allHostsMs)) {
    if (performance.now() > deadline) throw new Error('the page does not see every host answer');
    await new Promise((resolve) => void setTimeout(resolve, 500));
    allHostsMs = await atMs(startMarks.hostsAnswered);
  }
  return {
    firstPaintMs: await atMs('first-contentful-paint'),
    overviewMs: await atMs(startMarks.inventoryShown),
    allHostsMs,
  };
}
