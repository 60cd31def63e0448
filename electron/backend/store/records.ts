import type { z } from 'zod';
import { type Db, explain } from './database.ts';

/** Runs a write; SQLite's failure becomes an error that says what to do. */
export function write(tried: string, body: () => void): void {
  try {
    body();
  } catch (thrown) {
    throw explain(tried, thrown);
  }
}

/** Text columns of all rows of a query. */
export function readRows(db: Db, query: string, ...parameters: readonly (string | number)[]): readonly Row[] {
  return db
    .prepare(query)
    .all(...parameters)
    .map((row) => new Map(Object.entries(row ?? {})));
}

export type Row = ReadonlyMap<string, unknown>;

export function text(row: Row, column: string): string | undefined {
  const value = row.get(column);
  return typeof value === 'string' ? value : undefined;
}

/** A JSON column through its schema. What does not fit is reported and left where it is: a start never fails by it. */
export function parseRecord<T>(
  schema: z.ZodType<T>,
  json: string | undefined,
  reportDamage: (what: string) => void,
  what: string,
): T | undefined {
  try {
    return schema.parse(JSON.parse(json ?? ''));
  } catch (thrown) {
    reportDamage(`${what} in journal.db cannot be read and is left aside: ${String(thrown)}`);
    return undefined;
  }
}
