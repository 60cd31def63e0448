import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { allCells, cellTitle, everydayCells, mayBeLost } from './faultCells.ts';
import { labGround } from './faultGround.ts';
import { type Cell, FaultTable, type Found } from './migrationFaults.ts';
import { faultTablePage } from './migrationFaultsPage.ts';
import { MigrationStage } from './migrationStage.ts';
import { testedWith } from './testedWith.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const page = new URL('../../docs/migration-faults.md', import.meta.url);

/** Cells mostly wait, so pairs of hosts work them off beside each other. */
const pairs = isLong ? 3 : 2;

describe.skipIf(reason !== undefined)('a migration struck at each of its phases', () => {
  const labs: Lab[] = [];
  const stages: MigrationStage[] = [];
  const cells: readonly Cell[] = isLong ? allCells : everydayCells;
  const results: Promise<Found>[] = [];

  beforeAll(async () => {
    for (let pair = 1; pair <= pairs; pair += 1) {
      const lab = await startLab({ name: `fault-lab-${pair}`, hosts: 2 });
      labs.push(lab);
      stages.push(await MigrationStage.open(lab));
    }
    const waiting: ((table: FaultTable) => Promise<void>)[] = [];
    for (const { phase, moment, fault } of cells) {
      const result = new Promise<Found>((resolve, reject) => {
        waiting.push((table) => table.run({ phase, moment, fault }).then(resolve, reject));
      });
      // Whoever waits for it later is told.
      result.catch(() => undefined);
      results.push(result);
    }
    for (const stage of stages) void workOff(new FaultTable(stage, labGround(stage)), waiting);
  });

  async function workOff(
    table: FaultTable,
    waiting: ((table: FaultTable) => Promise<void>)[],
  ): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next(table);
  }

  afterAll(async () => {
    const settled = await Promise.allSettled(results);
    const found = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const [stage] = stages;
    if (isLong && stage !== undefined) {
      await writeFile(page, faultTablePage(allCells, found, await testedWith(stage.client)));
    }
    for (const each of stages) await each.close();
    for (const each of labs) await each.down();
  }, 900_000);

  if (isLong) {
    it.each(allCells.map((each, index) => [cellTitle(each), each, index] as const))(
      '%s',
      async (_title, each, index) => {
        const now = await results[index];
        expect(now?.twice).toEqual([]);
        expect(now?.runs).not.toBe('both');
        if (!mayBeLost(each)) expect(now).toMatchObject({ same: true });
        // Neither does a copy stay behind that nobody owns.
        if (!mayBeLost(each)) expect(now?.left.filter((left) => left.endsWith('paused'))).toEqual([]);
      },
      900_000,
    );
  } else {
    it.each(everydayCells.map((each, index) => [cellTitle(each), each, index] as const))(
      '%s',
      async (_title, { runs, task }, index) => {
        const now = await results[index];
        expect(now, JSON.stringify(now)).toMatchObject({ twice: [], runs, task, same: true, left: [] });
      },
      300_000,
    );
  }
});
