import type { Page } from '@playwright/test';
import { startMarks } from '../../../renderer/app/startMark.ts';
import type { PackedApp } from '../../e2e/packedApp.ts';
import type { FleetStage } from './fleetStage.ts';
import { startMeasuredApp } from './measuredApp.ts';

/** Milliseconds from the start of the program. */
export interface ColdStart {
  /** The window shows that Drover starts. */
  readonly firstPaintMs: number;
  /** The overview shows what is known of every host, and its verbs can be used. */
  readonly overviewMs: number;
  /** Every host has answered. */
  readonly allHostsMs: number;
  /** An app of one line of text, in the same Electron, shows it. */
  readonly bareMs: number;
}

/** Nobody looks at the app before it should be up: whoever looks takes a share of the processor. */
const undisturbedMs = 6000;
const marksPatienceMs = 120_000;

/** One start of Drover and, right after, one of the bare app, so that both meet the same machine. */
export async function measureColdStart(
  packed: PackedApp,
  bare: PackedApp,
  stage: FleetStage,
): Promise<ColdStart> {
  const [firstPaintMs, overviewMs, allHostsMs] = await marksOf(packed, stage, [
    'first-contentful-paint',
    startMarks.inventoryShown,
    startMarks.hostsAnswered,
  ]);
  const [bareMs] = await marksOf(bare, stage, ['first-contentful-paint']);
  return {
    firstPaintMs: firstPaintMs ?? Number.NaN,
    overviewMs: overviewMs ?? Number.NaN,
    allHostsMs: allHostsMs ?? Number.NaN,
    bareMs: bareMs ?? Number.NaN,
  };
}

async function marksOf(
  app: PackedApp,
  stage: FleetStage,
  marks: readonly string[],
): Promise<readonly number[]> {
  const running = await startMeasuredApp(app, stage);
  try {
    await new Promise((resolve) => void setTimeout(resolve, undisturbedMs));
    const page = await running.look();
    const times: number[] = [];
    for (const mark of marks) times.push((await timeOf(page, mark)) - running.startedAt);
    return times;
  } finally {
    await running.close();
  }
}

/** Milliseconds since 1970. */
async function timeOf(page: Page, mark: string): Promise<number> {
  const deadline = performance.now() + marksPatienceMs;
  for (;;) {
    const found = await page.evaluate(
      (name) => performance.timeOrigin + (performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN),
      mark,
    );
    if (!Number.isNaN(found)) return found;
    if (performance.now() > deadline) throw new Error(`the page has not come to ${mark}`);
    await new Promise((resolve) => void setTimeout(resolve, 500));
  }
}
