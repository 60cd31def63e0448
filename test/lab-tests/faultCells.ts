import { migrationPhases } from '../../electron/backend/migration/environment.ts';
import { type Cell, type Found, faults } from './migrationFaults.ts';

export type ExpectedCell = Cell & Pick<Found, 'runs' | 'task'>;

function cell(
  phase: Cell['phase'],
  moment: Cell['moment'],
  fault: Cell['fault'],
  runs: Found['runs'],
  task: Found['task'],
): ExpectedCell {
  return { phase, moment, fault, runs, task };
}

/** One of each fault and of each phase, and those that cost most to get wrong; the whole grid is of the long run. */
export const everydayCells: readonly ExpectedCell[] = [
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

/** Every phase, before and after, struck by every fault. */
export const allCells: readonly Cell[] = migrationPhases.flatMap((phase) =>
  // The end of pre-copy is the beginning of the switch-over.
  (phase === 'pre-copy' ? (['before'] as const) : (['before', 'after'] as const)).flatMap((moment) =>
    faults.map((fault) => ({ phase, moment, fault })),
  ),
);

/** A host that dies takes with it what runs on it or lies on both; nothing else may cost a running VM. */
export function mayBeLost({ phase, moment, fault }: Cell): boolean {
  const mayRunThere = phase === 'confirm' || (phase === 'finish' && moment === 'after');
  return (
    (fault.startsWith('source dead') && !mayRunThere) ||
    (fault.startsWith('destination dead') && (mayRunThere || phase === 'post-copy'))
  );
}

export function cellTitle({ phase, moment, fault }: Cell): string {
  return `${phase}, ${moment}: ${fault}`;
}
