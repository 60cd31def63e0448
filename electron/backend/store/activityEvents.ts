import { join } from 'node:path';
import { z } from 'zod';
import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import { type ActivityEvent, activityEventSchema } from '#shared/model/activityEvent.ts';
import { type ClusterEvent, clusterEventSchema } from '#shared/model/history.ts';
import type { ClusterId, TaskId } from '#shared/model/ids.ts';
import { olderThan, whereOf } from './activityQuery.ts';
import { atomically, openDatabase } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';

const versions: readonly string[] = [
  `CREATE TABLE events (id TEXT PRIMARY KEY, at INTEGER NOT NULL, cluster TEXT NOT NULL, cluster_at REAL NOT NULL, record TEXT NOT NULL) STRICT;
   CREATE INDEX events_by_time ON events (at DESC, id DESC);
   CREATE INDEX events_by_cluster ON events (cluster, cluster_at);
   CREATE TABLE task_ends (task TEXT PRIMARY KEY, at INTEGER NOT NULL, cluster TEXT NOT NULL, cluster_at REAL NOT NULL, record TEXT NOT NULL) STRICT;
   CREATE INDEX task_ends_by_cluster ON task_ends (cluster, cluster_at);`,
];

/** `events.db`: what was seen to happen, for 90 days; may lag behind. A full disk costs events, never the console. */
export interface ActivityEvents {
  add(events: readonly ActivityEvent[]): void;
  /** Newest first; those that may fit the filter, to be judged by `fitsActivity`. */
  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly ActivityEvent[];
  /** How a task ended, by its cluster's clock; the task itself is in journal.db. */
  addTaskEnd(end: TaskEnd): void;
  /** Events and ends of tasks of one cluster by its own clock, oldest first; of very many the latest. */
  ofCluster(cluster: ClusterId, from: number, to: number, most: number): readonly ClusterEvent[];
  forget(cluster: ClusterId): void;
  close(): void;
}

export interface TaskEnd {
  readonly taskId: TaskId;
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly clusterId: ClusterId;
  readonly event: ClusterEvent;
}

export const eventsKeptMs = 90 * 24 * 3600 * 1000;
const pruneEvery = 500;
const tables = ['events', 'task_ends'] as const;

/** Either table's record as a tick on its cluster's time axis. */
const clusterEventRecordSchema = z.union([activityEventSchema.transform(asClusterEvent), clusterEventSchema]);

function asClusterEvent({
  clusterAt,
  kind,
  text: sentence,
  hostIds,
  vmId,
  taskId,
}: ActivityEvent): ClusterEvent {
  return {
    at: clusterAt,
    kind,
    text: sentence.replace(/\.$/, ''),
    hostIds,
    ...(vmId === undefined ? {} : { vmId }),
    ...(taskId === undefined ? {} : { taskId }),
  };
}

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
            db.prepare(
              'INSERT OR REPLACE INTO events (id, at, cluster, cluster_at, record) VALUES (?, ?, ?, ?, ?)',
            ).run(event.id, event.at, event.clusterId, event.clusterAt, JSON.stringify(event));
          }
          if (added % pruneEvery === 0) {
            for (const table of tables)
              db.prepare(`DELETE FROM ${table} WHERE at < ?`).run(first.at - eventsKeptMs);
          }
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
    addTaskEnd({ taskId, at, clusterId, event }) {
      try {
        db.prepare(
          'INSERT OR IGNORE INTO task_ends (task, at, cluster, cluster_at, record) VALUES (?, ?, ?, ?, ?)',
        ).run(taskId, at, clusterId, event.at, JSON.stringify(event));
      } catch (thrown) {
        reportDamage(`The end of a task could not be kept in events.db: ${String(thrown)}`);
      }
    },
    ofCluster(cluster, from, to, most) {
      return readRows(
        db,
        `SELECT cluster_at, 0 AS is_end, record FROM events WHERE cluster = ?1 AND cluster_at BETWEEN ?2 AND ?3
         UNION ALL SELECT cluster_at, 1 AS is_end, record FROM task_ends WHERE cluster = ?1 AND cluster_at BETWEEN ?2 AND ?3
         ORDER BY cluster_at DESC, is_end DESC LIMIT ?4`,
        cluster,
        from,
        to,
        most,
      )
        .flatMap(
          (row) => parseRecord(clusterEventRecordSchema, text(row, 'record'), reportDamage, 'An event') ?? [],
        )
        .toReversed();
    },
    forget(cluster) {
      for (const table of tables) db.prepare(`DELETE FROM ${table} WHERE cluster = ?`).run(cluster);
    },
    close: () => db.close(),
  };
}
