import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { DroverError } from '#shared/contract/errors.ts';

export type Db = Database.Database;

export interface DatabaseOptions {
  readonly path: string;
  /** Statements that lead from version n to n + 1; never changed once released, only added to. */
  readonly versions: readonly string[];
  /** FULL: a committed write survives a power cut. NORMAL: it survives a crash of Drover, and may lag. */
  readonly synchronous: 'FULL' | 'NORMAL';
}

/**
 * Opens a database and brings it to the newest version, all or nothing. A version newer than known is refused and
 * left untouched: an older Drover must not write what a newer one relies on.
 */
export function openDatabase(options: DatabaseOptions): Db {
  const tried = `Open ${options.path}`;
  try {
    mkdirSync(dirname(options.path), { recursive: true, mode: 0o700 });
    const db = new Database(options.path, { timeout: 5000 });
    try {
      // First of all: what a newer Drover wrote is not touched, not even its journal mode.
      const version = knownVersion(db, options, tried);
      db.pragma('journal_mode = WAL');
      db.pragma(`synchronous = ${options.synchronous}`);
      db.pragma('foreign_keys = ON');
      upgrade(db, options, version);
      return db;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  } catch (thrown) {
    throw explain(tried, thrown, existsSync(options.path));
  }
}

function knownVersion(db: Db, options: DatabaseOptions, tried: string): number {
  const version = readNumber(db, 'PRAGMA user_version', 'user_version');
  if (version > options.versions.length) {
    throw new DroverError({
      code: 'data-folder-unusable',
      tried,
      cause: `it was written by a newer Drover (version ${version} of its layout; this one knows ${options.versions.length})`,
      next: 'Update Drover, or choose another data folder with --data',
    });
  }
  return version;
}

function upgrade(db: Db, options: DatabaseOptions, version: number): void {
  atomically(db, () => {
    for (const statements of options.versions.slice(version)) db.exec(statements);
    db.exec(`PRAGMA user_version = ${options.versions.length}`);
  });
}

/** All or nothing. Not libsql's own: where SQLite has rolled back by itself, as on a full disk, that hides why. */
export function atomically(db: Db, body: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    body();
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

/** One number of one row. */
export function readNumber(db: Db, query: string, column: string): number {
  const row = db.prepare(query).get();
  const value =
    typeof row === 'object' && row !== null
      ? Object.entries(row).find(([name]) => name === column)?.[1]
      : undefined;
  if (typeof value !== 'number') throw new Error(`${query} gave no number`);
  return value;
}

/** SQLite's failures as something an operator can act on. */
export function explain(tried: string, thrown: unknown, existed = true): unknown {
  if (thrown instanceof DroverError || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown ? String(thrown.code) : '';
  const text = `${code} ${thrown.message}`;
  if (/SQLITE_FULL|ENOSPC|disk is full/i.test(text)) {
    return new DroverError({
      code: 'disk-full',
      tried,
      cause: 'the disk is full',
      next: 'Free some space; nothing was half written',
      source: thrown,
    });
  }
  if (/SQLITE_NOTADB|SQLITE_CORRUPT|not a database|malformed/i.test(text)) {
    return new DroverError({
      code: 'data-folder-unusable',
      tried,
      cause: 'the file is damaged or is no database',
      next: 'Move it aside and start Drover again; the hosts themselves are untouched and can be added anew',
      source: thrown,
    });
  }
  if (/SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_IOERR|EACCES|EROFS|EPERM|ENOTDIR|unable to open/i.test(text)) {
    return new DroverError({
      code: 'data-folder-unusable',
      tried,
      cause: `it cannot be ${existed ? 'written' : 'made'} (${thrown.message})`,
      next: 'Check the rights of the data folder, or choose another with --data',
      source: thrown,
    });
  }
  return thrown;
}
