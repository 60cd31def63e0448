import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationPhases } from '../../electron/backend/migration/environment.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { labGround } from './faultGround.ts';
import { type Cell, FaultTable, type Found, faults } from './migrationFaults.ts';
import { faultTablePage } from './migrationFaultsPage.ts';
import { MigrationStage } from './migrationStage.ts';
import { testedWith } from './testedWith.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const page = new URL('../../docs/migration-faults.md', import.meta.url);

/** One of each fault and of each phase, and those that cost most to get wrong; the whole grid is of the long run. */
const everyday: readonly (Cell & Pick<Found, 'runs' | 'task'>)[] = [
  cell('begin', 'after', 'source connection lost', 'source', 'failed'),
  cell('prepare', 'after', 'destination connection lost', 'source', 'failed'),
  cell('pre-copy', 'before', 'libvirtd restarted on destination', 'source', 'failed'),
  cell('pre-copy', 'before', 'both connections lost', 'source', 'failed'),
  cell('pre-copy', 'before', 'Drover killed (kill -9)', 'source', 'failed'),
  cell('pre-copy', 'before', 'link cut for 45 s', 'source', 'failed'),
  cell('pre-copy', 'before', 'workstation 100 ms away', 'destination', 'succeeded'),
  cell('switch-over', 'before', 'source connection lost', 'destination', 'succeeded'),
  cell('switch-over', 'after', 'Drover killed (kill -9)', 'source', 'failed'),
  cell('switch-over', 'after', 'destination dead, back later', 'source', 'failed'),
  cell('post-copy', 'before', 'workstation 100 ms away', 'destination', 'succeeded'),
  cell('post-copy', 'after', 'source connection lost', 'destination', 'succeeded'),
  cell('post-copy', 'after', 'link cut for 5 s', 'destination', 'succeeded'),
  cell('finish', 'before', 'destination dead, declared so', 'source', 'failed'),
  cell('finish', 'after', 'libvirtd restarted on source', 'destination', 'succeeded'),
  cell('finish', 'after', 'Drover killed (kill -9)', 'destination', 'succeeded'),
  cell('confirm', 'before', 'link cut for 5 s', 'destination', 'succeeded'),
  cell('confirm', 'before', 'source dead, declared so', 'destination', 'succeeded'),
];

function cell(
  phase: Cell['phase'],
  moment: Cell['moment'],
  fault: Cell['fault'],
  runs: Found['runs'],
  task: Found['task'],
): (typeof everyday)[number] {
  return { phase, moment, fault, runs, task };
}

const grid: readonly Cell[] = migrationPhases.flatMap((phase) =>
  // The end of pre-copy is the beginning of the switch-over.
  (phase === 'pre-copy' ? (['before'] as const) : (['before', 'after'] as const)).flatMap((moment) =>
    faults.map((fault) => ({ phase, moment, fault })),
  ),
);

/** A host that dies takes with it what runs on it or lies on both; nothing else may cost a running VM. */
function mayBeLost({ phase, moment, fault }: Cell): boolean {
  const mayRunThere = phase === 'confirm' || (phase === 'finish' && moment === 'after');
  return (
    (fault.startsWith('source dead') && !mayRunThere) ||
    (fault.startsWith('destination dead') && (mayRunThere || phase === 'post-copy'))
  );
}

function title({ phase, moment, fault }: Cell): string {
  return `${phase}, ${moment}: ${fault}`;
}

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
    if (isLong && tried === grid.length) {
      await writeFile(page, faultTablePage(grid, found, await testedWith(stage.client)));
    }
    await stage?.close();
    await lab?.down();
  });

  if (isLong) {
    it.each(grid.map((each) => [title(each), each] as const))(
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
    it.each(everyday.map((each) => [title(each), each] as const))(
      '%s',
      async (_title, { phase, moment, fault, runs, task }) => {
        const now = await table.run({ phase, moment, fault });
        expect(now, JSON.stringify(now)).toMatchObject({ twice: [], runs, task, same: true, left: [] });
      },
      300_000,
    );
  }
});
