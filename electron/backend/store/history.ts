import { join } from 'node:path';
import type { ClusterId } from '#shared/model/ids.ts';
import { type Samples, samplesSchema } from '#shared/model/samples.ts';
import { openDatabase } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';
import { openVmEvents, type VmEvents, vmEventTables } from './vmEvents.ts';

/** Measurements of the last day, and what happened to VMs; may lag behind and may be lost without harm. */
export interface History {
  readonly vms: VmEvents;
  /** Times are of the cluster's own clock, milliseconds since 1970; by it what is too old goes. */
  append(samples: Samples, cluster: ClusterId): void;
  /** Oldest first. */
  range(cluster: ClusterId, from: number, to: number): readonly Samples[];
  /** All of a cluster that is removed. */
  forget(cluster: ClusterId): void;
  close(): void;
}

export const historyKeptMs = 24 * 3600 * 1000;
const pruneEvery = 500;

const versions: readonly string[] = [
  'CREATE TABLE sweeps (at INTEGER NOT NULL, record TEXT NOT NULL) STRICT; CREATE INDEX sweeps_by_time ON sweeps (at);',
  // What was kept before mixed clusters; it may be lost without harm.
  "DELETE FROM sweeps; ALTER TABLE sweeps ADD COLUMN cluster TEXT NOT NULL DEFAULT ''; DROP INDEX sweeps_by_time; CREATE INDEX sweeps_by_time ON sweeps (cluster, at);",
  vmEventTables,
];

export function openHistory(dataFolder: string, reportDamage: (what: string) => void): History {
  const db = openDatabase({ path: join(dataFolder, 'history.db'), versions, synchronous: 'NORMAL' });
  const insert = db.prepare('INSERT INTO sweeps (cluster, at, record) VALUES (?, ?, ?)');
  const prune = db.prepare('DELETE FROM sweeps WHERE cluster = ? AND at < ?');
  const appended = new Map<ClusterId, number>();
  const vms = openVmEvents(
    {
      read: (body) => body(db),
      write(body) {
        try {
          body(db);
        } catch (thrown) {
          reportDamage(`What happened to VMs could not be kept in history.db: ${String(thrown)}`);
        }
      },
    },
    reportDamage,
  );
  return {
    vms,
    append(samples, cluster) {
      try {
        // A simulated clock may stand between two whole milliseconds.
        const at = Math.round(samples.hosts.at);
        insert.run(cluster, at, JSON.stringify(samples));
        const count = (appended.get(cluster) ?? 0) + 1;
        appended.set(cluster, count);
        if (count % pruneEvery === 1) prune.run(cluster, at - historyKeptMs);
      } catch (thrown) {
        // A full disk costs history, never the console.
        reportDamage(`A measurement could not be kept in history.db: ${String(thrown)}`);
      }
    },
    range: (cluster, from, to) =>
      readRows(
        db,
        'SELECT record FROM sweeps WHERE cluster = ? AND at >= ? AND at <= ? ORDER BY at',
        cluster,
        from,
        to,
      ).flatMap(
        (row) => parseRecord(samplesSchema, text(row, 'record'), reportDamage, 'A measurement') ?? [],
      ),
    forget(cluster) {
      db.prepare('DELETE FROM sweeps WHERE cluster = ?').run(cluster);
      vms.forget(cluster);
    },
    close: () => db.close(),
  };
}
