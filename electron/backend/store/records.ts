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

/** Columns of all rows of a query; a damaged file becomes an error that says what to do. */
export function readRows(db: Db, query: string, ...parameters: readonly (string | number)[]): readonly Row[] {
  try {
    return db
      .prepare(query)
      .all(...parameters)
      .map((row) => new Map(Object.entries(row ?? {})));
  } catch (thrown) {
    throw explain(`Read ${pathOf(db)}`, thrown);
  }
}

/** SQLite knows it even where the rest of the file is damaged; libsql's own `name` is empty. */
function pathOf(db: Db): string {
  const row = db.prepare('PRAGMA database_list').get();
  const file = typeof row === 'object' && row !== null ? Reflect.get(row, 'file') : undefined;
  return typeof file === 'string' ? file : 'the database';
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
  file = 'journal.db',
): T | undefined {
  try {
    return schema.parse(JSON.parse(json ?? ''));
  } catch (thrown) {
    reportDamage(`${what} in ${file} cannot be read and is left aside: ${String(thrown)}`);
    return undefined;
  }
}
