import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { allCells, cellTitle, everydayCells, mayBeLost } from './faultCells.ts';
import { labGround } from './faultGround.ts';
import { FaultTable, type Found } from './migrationFaults.ts';
import { faultTablePage } from './migrationFaultsPage.ts';
import { MigrationStage } from './migrationStage.ts';
import { testedWith } from './testedWith.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const page = new URL('../../docs/migration-faults.md', import.meta.url);

describe.skipIf(reason !== undefined)('a migration struck at each of its phases', () => {
  let lab: Lab;
  let stage: MigrationStage;
  let table: FaultTable;
  const found: Found[] = [];
  let tried = 0;

  beforeAll(async () => {
    lab = await startLab({ name: 'fault-lab', hosts: 2 });
    stage = await MigrationStage.open(lab);
    table = new FaultTable(stage, labGround(stage));
  });

  afterAll(async () => {
    if (isLong && tried === allCells.length) {
      await writeFile(page, faultTablePage(allCells, found, await testedWith(stage.client)));
    }
    await stage?.close();
    await lab?.down();
  });

  if (isLong) {
    it.each(allCells.map((each) => [cellTitle(each), each] as const))(
      '%s',
      async (_title, each) => {
        tried += 1;
        const now = await table.run(each);
        found.push(now);
        expect(now.twice).toEqual([]);
        expect(now.runs).not.toBe('both');
        if (!mayBeLost(each)) expect(now).toMatchObject({ same: true });
        // Neither does a copy stay behind that nobody owns.
        if (!mayBeLost(each)) expect(now.left.filter((left) => left.endsWith('paused'))).toEqual([]);
      },
      600_000,
    );
  } else {
    it.each(everydayCells.map((each) => [cellTitle(each), each] as const))(
      '%s',
      async (_title, { phase, moment, fault, runs, task }) => {
        const now = await table.run({ phase, moment, fault });
        expect(now, JSON.stringify(now)).toMatchObject({ twice: [], runs, task, same: true, left: [] });
      },
      300_000,
    );
  }
});
