import type { ScenarioPath } from './readScenario.ts';

/** Notes what is wrong at a place of the file. */
export type Faults = (path: ScenarioPath, reason: string) => void;

/** Whether a table of the file has an entry of its own by that name. */
export function has(table: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(table, name);
}

/** The entry of a table by a name that `has` has said yes to. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T {
  const entry = has(table, name) ? table[name] : undefined;
  if (entry === undefined) throw new Error(`no entry ${name}, which was checked`);
  return entry;
}

const mostListed = 10;

/** Names for a sentence, the first of many. */
export function listOf(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const more = all.length - mostListed;
  return more > 0 ? `${all.slice(0, mostListed).join(', ')} and ${more} more` : all.join(', ');
}
