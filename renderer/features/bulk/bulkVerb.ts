import type { ReactNode } from 'react';
import type { VmAction } from '#shared/model/vmAction.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { formatCount } from '../../ui/format.ts';
import type { BulkWork, Pace } from './bulkOrders.ts';

/** Something that can be done with many rows at once. */
export interface BulkVerb<Row> {
  readonly id: string;
  /** "Start" */
  readonly words: string;
  /** A button of its own; the others stand in a menu. */
  readonly prominent?: boolean;
  readonly destructive?: boolean;
  readonly pace: Pace;
  /** Of each row in turn, as if those before it had been done. */
  readonly judge: (rows: readonly Row[], choice?: string) => readonly Verdict[];
  /** What the confirmation says besides whom it is about. */
  readonly said?: (rows: readonly Row[]) => ReactNode;
  /** One choice for all of them; without it, what is usual. */
  readonly choice?: {
    readonly label: string;
    readonly usual: string;
    readonly of: (rows: readonly Row[]) => readonly { readonly key: string; readonly words: string }[];
  };
  /** Asks how it is to be done: the shut-down's patience. */
  readonly asks?: 'shut-down';
  readonly workOf: (row: Row, how: VmAction | undefined, choice: string | undefined) => BulkWork;
}

/** Whom a verb may be used on, and why not on the others. */
export interface Judged<Row> {
  readonly legal: readonly Row[];
  readonly refused: readonly { readonly row: Row; readonly reason: string }[];
}

export function judged<Row>(verb: BulkVerb<Row>, rows: readonly Row[], choice?: string): Judged<Row> {
  const legal: Row[] = [];
  const refused: { row: Row; reason: string }[] = [];
  const verdicts = verb.judge(rows, choice);
  for (const [index, row] of rows.entries()) {
    const verdict = verdicts[index];
    if (verdict === undefined || verdict.allowed) legal.push(row);
    else refused.push({ row, reason: verdict.reason });
  }
  return { legal, refused };
}

/** Whether the verb is worth opening: a reason where none of the rows may be done. */
export function bulkVerdict<Row>({ legal, refused: others }: Judged<Row>, noun: string): Verdict {
  if (legal.length > 0) return allowed;
  const [first] = others;
  if (first === undefined) return refused(`Choose a ${noun} first.`);
  const rest = others.length - 1;
  return refused(
    rest === 0 ? first.reason : `None of them: ${first.reason} And ${formatCount(rest, 'more', 'more')}.`,
  );
}

/** "Start 3 of 5": for how many it is legal. */
export function countWords(legal: number, all: number): string {
  if (legal === 0) return '';
  return legal === all ? String(all) : `${legal} of ${all}`;
}
