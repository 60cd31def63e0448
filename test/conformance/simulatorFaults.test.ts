import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCells, cellTitle, everydayCells } from '../lab-tests/faultCells.ts';
import { type Cell, FaultTable } from '../lab-tests/migrationFaults.ts';
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
      const { runs, task } = realOutcome(cell);
      if (isLong) console.log(`CELL ${JSON.stringify({ ...now, real: { runs, task } })}`);
      expect(now, JSON.stringify(now)).toMatchObject({ twice: [], runs, task });
    },
    300_000,
  );
});

/**
 * As the page on real hosts has it, but for where a simulated host differs: once all memory was sent, its destination
 * starts the guest without the source, whereas QEMU's end of the stream goes with a source that dies in that moment.
 */
function realOutcome({ phase, moment, fault }: Cell): { readonly runs: string; readonly task: string } {
  const isSent =
    (phase === 'perform' && moment === 'after') || (phase === 'switch-over' && moment === 'before');
  if (isSent && fault.startsWith('source dead')) return { runs: 'destination', task: 'succeeded' };
  const page = readFileSync(new URL('../../docs/migration-faults.md', import.meta.url), 'utf8');
  const heading = `## ${moment === 'before' ? 'Before' : 'After'} ${phase}\n`;
  const section = page.slice(page.indexOf(heading) + heading.length).split('\n## ')[0] ?? '';
  const row = section.split('\n').find((line) => line.startsWith(`| ${fault} |`)) ?? '';
  const [, , where = '', told = ''] = row.split('|').map((part) => part.trim());
  return {
    runs: where.startsWith('runs nowhere') ? 'nowhere' : where.replace(/[ ,].*/, ''),
    task: /(?:^|then )(succeeded|failed|cancelled)/.exec(told)?.[1] ?? '',
  };
}
