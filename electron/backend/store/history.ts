import { join } from 'node:path';
import { type Samples, samplesSchema } from '#shared/model/samples.ts';
import { openDatabase } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';

/** Measurements of the last day; may lag behind and may be lost without harm. */
export interface History {
  append(samples: Samples): void;
  /** Oldest first; times in milliseconds since 1970. */
  range(from: number, to: number): readonly Samples[];
  close(): void;
}

export const historyKeptMs = 24 * 3600 * 1000;
const pruneEvery = 500;

const versions: readonly string[] = [
  'CREATE TABLE sweeps (at INTEGER NOT NULL, record TEXT NOT NULL) STRICT; CREATE INDEX sweeps_by_time ON sweeps (at);',
];

export function openHistory(dataFolder: string, reportDamage: (what: string) => void): History {
  const db = openDatabase({ path: join(dataFolder, 'history.db'), versions, synchronous: 'NORMAL' });
  const insert = db.prepare('INSERT INTO sweeps (at, record) VALUES (?, ?)');
  let appended = 0;
  return {
    append(samples) {
      try {
        insert.run(samples.hosts.at, JSON.stringify(samples));
        appended += 1;
        if (appended % pruneEvery === 1)
          db.prepare('DELETE FROM sweeps WHERE at < ?').run(samples.hosts.at - historyKeptMs);
      } catch (thrown) {
        // A full disk costs history, never the console.
        reportDamage(`A measurement could not be kept in history.db: ${String(thrown)}`);
      }
    },
    range: (from, to) =>
      readRows(db, 'SELECT record FROM sweeps WHERE at >= ? AND at <= ? ORDER BY at', from, to).flatMap(
        (row) => parseRecord(samplesSchema, text(row, 'record'), reportDamage, 'A measurement') ?? [],
      ),
    close: () => db.close(),
  };
}
