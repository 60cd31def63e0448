import type { Chosen } from './choosing.ts';

/** How a table was left, for whoever comes back to it from a page of its own: where it was scrolled to, what was chosen. */
interface LeftTable {
  /** Filter and order: scrolled elsewhere in another list would be nowhere. */
  readonly asked: string;
  readonly scrolledTo: number;
}

const scrolled = new Map<string, LeftTable>();
const choices = new Map<string, Chosen>();

export function keepScroll(table: string, left: LeftTable): void {
  scrolled.set(table, left);
}

export function keptScroll(table: string, asked: string): number | undefined {
  const left = scrolled.get(table);
  return left?.asked === asked ? left.scrolledTo : undefined;
}

export function keepChoice(table: string, chosen: Chosen): void {
  choices.set(table, chosen);
}

export const keptChoice = (table: string): Chosen | undefined => choices.get(table);

export function forgetTables(): void {
  scrolled.clear();
  choices.clear();
}
