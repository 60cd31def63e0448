import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationPhases } from '../../electron/backend/migration/environment.ts';
import { type Cell, FaultTable, faults } from '../lab-tests/migrationFaults.ts';
import { openSimulatedFaultStage, type SimulatedFaultStage } from './simulatedGround.ts';

const grid: readonly Cell[] = migrationPhases.flatMap((phase) =>
  (phase === 'pre-copy' ? (['before'] as const) : (['before', 'after'] as const)).flatMap((moment) =>
    faults.map((fault) => ({ phase, moment, fault })),
  ),
);

describe('a simulated migration struck at each of its phases', () => {
  let opened: SimulatedFaultStage;
  let table: FaultTable;

  beforeAll(async () => {
    opened = await openSimulatedFaultStage();
    table = new FaultTable(opened.stage, opened.ground);
  }, 60_000);
  afterAll(async () => {
    await opened?.close();
  });

  it.each(grid.map((cell) => [`${cell.phase}, ${cell.moment}: ${cell.fault}`, cell] as const))(
    '%s',
    async (_title, cell) => {
      const now = await table.run(cell);
      console.log(`CELL ${JSON.stringify(now)}`);
      expect(now.twice).toEqual([]);
      expect(now.runs).not.toBe('both');
    },
    300_000,
  );
});
