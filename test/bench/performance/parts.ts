import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type PackedApp, pack } from '../../e2e/packedApp.ts';
import { packBare } from './bareApp.ts';
import { type ColdStart, measureColdStart } from './coldStart.ts';
import { type DataCentre, measureDataCentre } from './dataCentre.ts';
import type { FleetSize } from './fleet.ts';
import { type FleetStage, startFleetStage } from './fleetStage.ts';
import { type Keystrokes, measureKeystrokes } from './keystrokes.ts';
import { startMeasuredApp } from './measuredApp.ts';
import { type MemoryReading, measureMemory } from './memory.ts';
import { measureScrolling, type Scrolling, showPlainList } from './scrolling.ts';

export const usual: FleetSize = { hosts: 64, vms: 800 };
export const large: FleetSize = { hosts: 100, vms: 10_000 };
const settleMs = 5000;

export interface Packed {
  readonly drover: PackedApp;
  readonly bare: PackedApp;
  remove(): Promise<void>;
}

export async function packBoth(): Promise<Packed> {
  const output = await mkdtemp(join(tmpdir(), 'drover-performance-'));
  const remove = async () => await rm(output, { recursive: true, force: true });
  try {
    const drover = await pack(output, '--release');
    return { drover, bare: await packBare(drover, output), remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

export interface Asked {
  readonly packed: Packed;
  readonly runs: number;
  readonly minutes: number;
  readonly say: (what: string) => void;
}

export async function coldStarts({ packed, runs, say }: Asked): Promise<readonly ColdStart[]> {
  const stage = await startFleetStage(usual, 1);
  try {
    // The first after packing reads the program from the disk; it is shown, and not counted.
    say(`Start to warm up: ${JSON.stringify(await measureColdStart(packed.drover, packed.bare, stage))}`);
    return await repeated(runs, say, async () => await measureColdStart(packed.drover, packed.bare, stage));
  } finally {
    await stage.close();
  }
}

export async function memoryOverTime({ packed, minutes }: Asked): Promise<readonly MemoryReading[]> {
  return await onStage(packed.drover, usual, async (page, app) => await measureMemory(app, page, minutes));
}

export interface ScrollingBoth {
  readonly table: Scrolling;
  readonly plain: Scrolling;
}

export async function scrolls({ packed, runs, say }: Asked): Promise<readonly ScrollingBoth[]> {
  return await onStage(packed.drover, large, async (page, _, stage) => {
    const table = await vmsTable(page);
    const tables = await repeated(runs, say, async () => await measureScrolling(page, table));
    const plain = await onApp(packed.bare, stage, async (barePage) => {
      const list = await showPlainList(barePage);
      return await repeated(runs, say, async () => await measureScrolling(barePage, list));
    });
    return tables.flatMap((each, index) => {
      const beside = plain[index];
      return beside === undefined ? [] : [{ table: each, plain: beside }];
    });
  });
}

export async function keys({ packed, runs, say }: Asked): Promise<readonly Keystrokes[]> {
  return await onStage(packed.drover, large, async (page) => {
    await vmsTable(page);
    return await repeated(runs, say, async () => await measureKeystrokes(page));
  });
}

/** Started anew for each run, and watched in each. */
export async function dataCentres({ packed, runs, say }: Asked): Promise<readonly DataCentre[]> {
  return await repeated(runs, say, async () => await measureDataCentre(packed));
}

async function repeated<Found>(
  runs: number,
  say: (what: string) => void,
  measure: () => Promise<Found>,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const each = await measure();
    found.push(each);
    say(`${number} of ${runs}: ${JSON.stringify(each)}`);
  }
  return found;
}

type Work<Found> = (
  page: Page,
  app: Awaited<ReturnType<typeof startMeasuredApp>>,
  stage: FleetStage,
) => Promise<Found>;

async function onStage<Found>(packed: PackedApp, size: FleetSize, work: Work<Found>): Promise<Found> {
  const stage = await startFleetStage(size, 1);
  try {
    return await onApp(packed, stage, work);
  } finally {
    await stage.close();
  }
}

async function onApp<Found>(packed: PackedApp, stage: FleetStage, work: Work<Found>): Promise<Found> {
  const app = await startMeasuredApp(packed, stage);
  try {
    await new Promise<void>((done) => void setTimeout(done, settleMs));
    return await work(await app.look(), app, stage);
  } finally {
    await app.close();
  }
}

/** The selector of the table, once it shows rows. */
export async function vmsTable(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Virtual machines' }).click();
  const table = page.getByRole('table', { name: 'Virtual machines' });
  await table.locator('[aria-rowindex="2"]').waitFor({ timeout: 120_000 });
  return 'table[aria-label="Virtual machines"]';
}
