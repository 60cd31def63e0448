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
      const promises = real.map((each) => promised(cell, each));
      expect(promises, JSON.stringify(now)).toContainEqual(promised(cell, now));
    },
    300_000,
  );
});

type Outcome = Pick<Found, 'runs' | 'same' | 'left' | 'wasUndecided' | 'task'>;

/** Whether a connection that comes back by itself is back before Drover asks again is a race, on real hosts as here. */
const mendsItself = /connections? lost|libvirtd restarted|Drover killed/;

/** What both grounds promise of a cell: without what differs from one run on real hosts to the next. */
function promised(cell: Cell, found: Outcome): unknown {
  const { runs, same, left, wasUndecided, task } = found;
  const doubt = mendsItself.test(cell.fault) ? 'either' : wasUndecided;
  const losesSource = cell.phase === 'post-copy' && cell.moment === 'after' && /source dead/.test(cell.fault);
  if (!losesSource) return { runs, same, left, doubt, task };
  // What is left at the destination stands still; QEMU calls it running, paused or, later, nothing at all.
  return { same, left: left.filter((each) => !each.startsWith('destination')), doubt, task };
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
