import { join } from 'node:path';
import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import { type ActivityEvent, activityEventSchema } from '#shared/model/activityEvent.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import { olderThan, whereOf } from './activityQuery.ts';
import { atomically, openDatabase } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';

const versions: readonly string[] = [
  'CREATE TABLE events (id TEXT PRIMARY KEY, at INTEGER NOT NULL, cluster TEXT NOT NULL, record TEXT NOT NULL) STRICT; CREATE INDEX events_by_time ON events (at DESC, id DESC); CREATE INDEX events_by_cluster ON events (cluster, at);',
];

/** `events.db`: what was seen to happen, for 90 days; may lag behind. A full disk costs events, never the console. */
export interface ActivityEvents {
  add(events: readonly ActivityEvent[]): void;
  /** Newest first; those that may fit the filter, to be judged by `fitsActivity`. */
  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly ActivityEvent[];
  forget(cluster: ClusterId): void;
  close(): void;
}

export const eventsKeptMs = 90 * 24 * 3600 * 1000;
const pruneEvery = 500;

export function openActivityEvents(dataFolder: string, reportDamage: (what: string) => void): ActivityEvents {
  const db = openDatabase({ path: join(dataFolder, 'events.db'), versions, synchronous: 'NORMAL' });
  let added = 0;
  return {
    add(events) {
      const [first] = events;
      if (first === undefined) return;
      try {
        atomically(db, () => {
          for (const event of events) {
            db.prepare('INSERT OR REPLACE INTO events (id, at, cluster, record) VALUES (?, ?, ?, ?)').run(
              event.id,
              event.at,
              event.clusterId,
              JSON.stringify(event),
            );
          }
          if (added % pruneEvery === 0)
            db.prepare('DELETE FROM events WHERE at < ?').run(first.at - eventsKeptMs);
        });
        added += events.length;
      } catch (thrown) {
        reportDamage(`What was seen to happen could not be kept in events.db: ${String(thrown)}`);
      }
    },
    list(filter, limit, before) {
      const where = whereOf('at', filter, [filter.object, filter.text]);
      const older = olderThan('at', before);
      return readRows(
        db,
        `SELECT record FROM events WHERE ${[...where.conditions, ...older.conditions].join(' AND ')} ORDER BY at DESC, id DESC LIMIT ?`,
        ...where.parameters,
        ...older.parameters,
        limit,
      ).flatMap(
        (row) => parseRecord(activityEventSchema, text(row, 'record'), reportDamage, 'An event') ?? [],
      );
    },
    forget: (cluster) => void db.prepare('DELETE FROM events WHERE cluster = ?').run(cluster),
    close: () => db.close(),
  };
}
