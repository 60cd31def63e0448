import { renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DroverError, type ErrorData, toErrorData } from '#shared/contract/errors.ts';
import { type Db, explain, openDatabase } from './database.ts';

/** What history leaves of the disk: the journal, which must not fail, lies beside it. */
const leftForJournalBytes = 32 * 1024 * 1024;

/**
 * history.db, which may be lost: one that is damaged is set aside and begun anew, one that cannot be written is left as
 * it is until it can be. What is wrong is reported once, and told to whoever reads.
 */
export class HistoryFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #versions: readonly string[];
  readonly #report: (what: string) => void;
  #db: Db | undefined;
  #trouble: ErrorData | undefined;
  #isClosed = false;
  /** Grows each time the file is begun anew. */
  #generation = 0;

  /** @throws DroverError `data-folder-unusable` where a newer Drover wrote it, or the folder cannot be used at all */
  constructor(folder: string, versions: readonly string[], report: (what: string) => void) {
    this.#folder = folder;
    this.#path = join(folder, 'history.db');
    this.#versions = versions;
    this.#report = report;
    try {
      this.#db = this.#open();
    } catch (thrown) {
      if (isDamage(thrown)) this.#beginAnew();
      else if (toErrorData(thrown).code === 'disk-full') this.#failed(thrown);
      else throw thrown;
    }
  }

  get trouble(): ErrorData | undefined {
    return this.#trouble;
  }

  get generation(): number {
    return this.#generation;
  }

  read<T>(body: (db: Db) => T, otherwise: T): T {
    return this.#attempt('Read history', body) ?? otherwise;
  }

  /** undefined where it could not be. What is removed may be so however little is `left`. */
  write<T>(body: (db: Db) => T, left = leftForJournalBytes): T | undefined {
    const tried = 'Keep what was measured and what happened in history.db';
    if (this.#freeBytes() < left) {
      this.#failed(
        new DroverError({
          code: 'disk-full',
          tried,
          cause: `less than ${left / 1024 / 1024} MiB are free in ${this.#folder}, and tasks need them`,
          next: 'Free some space there; history goes on by itself, with a gap',
        }),
      );
      return undefined;
    }
    let done = false;
    const result = this.#attempt(tried, (db) => {
      const made = body(db);
      done = true;
      return made;
    });
    if (done && this.#trouble?.code === 'disk-full') this.#trouble = undefined;
    return result;
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #letGo(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  #attempt<T>(tried: string, body: (db: Db) => T): T | undefined {
    try {
      // It could not be opened on a full disk.
      if (!this.#isClosed) this.#db ??= this.#open();
      return this.#db === undefined ? undefined : body(this.#db);
    } catch (thrown) {
      if (isDamage(thrown)) this.#beginAnew();
      else this.#failed(explain(tried, thrown));
      return undefined;
    }
  }

  #failed(thrown: unknown): void {
    const trouble = toErrorData(thrown);
    if (trouble.message !== this.#trouble?.message) this.#report(trouble.message);
    this.#trouble = trouble;
  }

  /** One damaged file is kept to be looked at; the next takes its place. */
  #beginAnew(): void {
    const aside = `${this.#path}.damaged`;
    try {
      this.#letGo();
      renameSync(this.#path, aside);
      for (const rest of ['-wal', '-shm']) rmSync(`${this.#path}${rest}`, { force: true });
      this.#db = this.#open();
      this.#generation += 1;
      this.#failed(
        new DroverError({
          code: 'history-lost',
          tried: 'Read history.db',
          cause: 'the file was damaged',
          next: `It was set aside as ${basename(aside)} in the data folder and history begins anew; hosts, VMs and tasks are untouched`,
        }),
      );
    } catch (thrown) {
      this.#db = undefined;
      this.#failed(explain(`Begin ${this.#path} anew`, thrown));
    }
  }

  #open(): Db {
    return openDatabase({ path: this.#path, versions: this.#versions, synchronous: 'NORMAL' });
  }

  #freeBytes(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      return bavail * bsize;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }
}

/** SQLite's own word for it, whichever error it comes in. */
function isDamage(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = 'code' in thrown ? String(thrown.code) : '';
  return (
    /SQLITE_NOTADB|SQLITE_CORRUPT|not a database|malformed/i.test(`${code} ${thrown.message}`) ||
    isDamage(thrown.cause)
  );
}
