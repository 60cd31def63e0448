import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCells, cellTitle, everydayCells } from '../lab-tests/faultCells.ts';
import { type Cell, FaultTable, type Found } from '../lab-tests/migrationFaults.ts';
import { openSimulatedFaultStage, type SimulatedFaultStage } from './simulatedGround.ts';

const isLong = process.env['DROVER_LONG'] !== undefined;

describe('a simulated migration struck at each of its phases ends as a real one does', () => {
  let opened: SimulatedFaultStage;
  let table: FaultTable;

  beforeAll(async () => {
    opened = await openSimulatedFaultStage();
    table = new FaultTable(opened.stage, opened.ground);
  }, 60_000);
  afterAll(async () => {
    await opened?.close();
  });

  const cells: readonly Cell[] = isLong ? allCells : everydayCells;
  it.each(cells.map((cell) => [cellTitle(cell), cell] as const))(
    '%s',
    async (_title, cell) => {
      const { phase, moment, fault } = cell;
      const now = await table.run({ phase, moment, fault });
      const real = realOutcomes(cell);
      if (isLong) console.log(`CELL ${JSON.stringify({ ...now, real })}`);
      expect(now.twice).toEqual([]);
      expect(real, JSON.stringify(now)).toContainEqual(outcomeOf(now));
    },
    300_000,
  );
});

type Outcome = Pick<Found, 'runs' | 'same' | 'left' | 'wasUndecided' | 'task'>;

function outcomeOf({ runs, same, left, wasUndecided, task }: Found): Outcome {
  return { runs, same, left, wasUndecided, task };
}

/**
 * As the page on real hosts has it. While the guest is stopped for the last part, it ends as right before that or as
 * right after it: there the two race for the moment of the blow, and from one run to the next come out either way.
 */
function realOutcomes(cell: Cell): readonly Outcome[] {
  const { phase, moment, fault } = cell;
  const isStopped =
    (phase === 'perform' && moment === 'after') || (phase === 'switch-over' && moment === 'before');
  if (!isStopped) return [rowOf(cell)];
  return [
    rowOf(cell),
    rowOf({ phase: 'pre-copy', moment: 'before', fault }),
    rowOf({ phase: 'switch-over', moment: 'after', fault }),
  ];
}

function rowOf({ phase, moment, fault }: Cell): Outcome {
  const page = readFileSync(new URL('../../docs/migration-faults.md', import.meta.url), 'utf8');
  const heading = `## ${moment === 'before' ? 'Before' : 'After'} ${phase}\n`;
  const section = page.slice(page.indexOf(heading) + heading.length).split('\n## ')[0] ?? '';
  const row = section.split('\n').find((line) => line.startsWith(`| ${fault} |`)) ?? '';
  const [, , where = '', told = ''] = row.split('|').map((part) => part.trim());
  const [, runs, stands, left] = /^(?:runs )?(\w+)(, but it stands still)?(?: \((.*)\))?$/.exec(where) ?? [];
  const [, doubt, task] = /^(undecided at first, then )?(\w+):/.exec(told) ?? [];
  return {
    runs: runs as Found['runs'],
    same: runs !== 'nowhere' && stands === undefined,
    left: left?.split(', ') ?? [],
    wasUndecided: doubt !== undefined,
    task: task as Found['task'],
  };
}
