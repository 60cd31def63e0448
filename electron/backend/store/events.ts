import type { z } from 'zod';
import type { ActivityFilter, ActivityPlace } from '#shared/model/activity.ts';
import {
  type ActivityEvent,
  activityEventKinds,
  activityEventSchema,
  type Event,
  eventSchema,
  type VmStanding,
  vmStandingSchema,
} from '#shared/model/event.ts';
import { type ClusterId, clusterOfVm, type HostId, type VmId, vmIdSchema } from '#shared/model/ids.ts';
import { olderThan, whereOf } from './activityQuery.ts';
import { atomically, type Db } from './database.ts';
import type { HistoryFile } from './historyFile.ts';
import { parseRecord, readRows, text } from './records.ts';

/** What has happened since the last time something was written. */
export interface EventBatch {
  /** One whose id is kept already is not kept again. */
  readonly events: readonly Event[];
  /** How each VM now is; undefined for one that is gone. */
  readonly standings: ReadonlyMap<VmId, VmStanding | undefined>;
  /** Up to when each host was watched, by its cluster's clock. */
  readonly watched: ReadonlyMap<HostId, number>;
}

/** What happened, for people to read. May lag by a batch, and may be lost without harm. */
export interface Events {
  /** False where it could not be written, which the file has reported. */
  append(batch: EventBatch): boolean;
  /** Newest first; those that may fit the filter, to be judged by `fitsActivity`. */
  list(filter: ActivityFilter, limit: number, before: ActivityPlace | undefined): readonly ActivityEvent[];
  /** Of one VM by its cluster's clock, newest first. Those of one moment are never parted, so it may be more. */
  ofVm(vm: VmId, limit: number, before: number | undefined): readonly Event[];
  /** The ticks of a cluster's time axis, by its own clock: oldest first, of very many the latest. */
  ofCluster(cluster: ClusterId, from: number, to: number, most: number): readonly Event[];
  /** How each VM was when it was last seen. */
  standings(): ReadonlyMap<VmId, VmStanding>;
  watchedUntil(host: HostId): number | undefined;
  has(id: string): boolean;
  forget(cluster: ClusterId): void;
}

/** Of each cluster, some hundred bytes each; the oldest go first. */
const mostEvents = 200_000;
const pruneEvery = 1000;

/** In place of `vm_events`, and of what was in events.db. */
export const eventTables = `
  DROP TABLE vm_events;
  CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    cluster TEXT NOT NULL,
    cluster_at REAL NOT NULL,
    kind TEXT NOT NULL,
    vm TEXT,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_time ON events (at DESC, id DESC);
  CREATE INDEX events_by_cluster ON events (cluster, cluster_at);
  CREATE INDEX events_by_vm ON events (vm, cluster_at, number) WHERE vm IS NOT NULL;
`;

const quoted = (kinds: readonly string[]) => kinds.map((kind) => `'${kind}'`).join(', ');
const isListed = `kind IN (${quoted(activityEventKinds)})`;
const isTick = `kind IN (${quoted([...activityEventKinds, 'task-done', 'task-failed'])})`;

export function openEvents(file: HistoryFile, reportDamage: (what: string) => void): Events {
  let unpruned = pruneEvery;
  const rowsOf = (query: string, ...parameters: readonly (string | number)[]) =>
    file.read((db) => readRows(db, query, ...parameters), []);
  const read = <T>(schema: z.ZodType<T>, query: string, ...parameters: readonly (string | number)[]) =>
    rowsOf(query, ...parameters).flatMap(
      (row) => parseRecord(schema, text(row, 'record'), reportDamage, 'An event', 'history.db') ?? [],
    );
  return {
    append(batch) {
      unpruned += batch.events.length;
      const prunes = unpruned >= pruneEvery;
      const done = file.write((db) => {
        atomically(db, () => {
          keep(db, batch);
          if (prunes) prune(db);
        });
        return true;
      });
      if (prunes && done === true) unpruned = 0;
      return done ?? false;
    },
    list(filter, limit, before) {
      const where = whereOf('at', filter, [filter.object, filter.text]);
      const older = olderThan('at', before);
      return read(
        activityEventSchema,
        `SELECT record FROM events WHERE ${[isListed, ...where.conditions, ...older.conditions].join(' AND ')} ORDER BY at DESC, id DESC LIMIT ?`,
        ...where.parameters,
        ...older.parameters,
        limit,
      );
    },
    ofVm(vm, limit, before) {
      const columns = 'SELECT record FROM events WHERE vm = ?';
      const order = 'ORDER BY cluster_at DESC, number DESC';
      const found = read(
        eventSchema,
        `${columns} AND cluster_at < ? ${order} LIMIT ?`,
        vm,
        before ?? Number.MAX_VALUE,
        limit,
      );
      const oldest = found.length === limit ? found.at(-1)?.clusterAt : undefined;
      return oldest === undefined
        ? found
        : [
            ...found.filter(({ clusterAt }) => clusterAt > oldest),
            ...read(eventSchema, `${columns} AND cluster_at = ? ${order}`, vm, oldest),
          ];
    },
    ofCluster: (cluster, from, to, most) =>
      read(
        eventSchema,
        `SELECT record FROM events WHERE cluster = ? AND cluster_at BETWEEN ? AND ? AND ${isTick} ORDER BY cluster_at DESC, number DESC LIMIT ?`,
        cluster,
        from,
        to,
        most,
      ).toReversed(),
    standings: () =>
      new Map(
        rowsOf('SELECT vm, record FROM vm_standings').flatMap((row) => {
          const record = text(row, 'record');
          const standing = parseRecord(
            vmStandingSchema,
            record,
            reportDamage,
            'The state of a VM',
            'history.db',
          );
          return standing === undefined ? [] : [[vmIdSchema.parse(text(row, 'vm')), standing] as const];
        }),
      ),
    watchedUntil(host) {
      const at = rowsOf('SELECT at FROM watched WHERE host = ?', host)[0]?.get('at');
      return typeof at === 'number' ? at : undefined;
    },
    has: (id) => rowsOf('SELECT number FROM events WHERE id = ?', id).length > 0,
    forget: (cluster) =>
      file.write((db) => {
        db.prepare('DELETE FROM events WHERE cluster = ?').run(cluster);
        db.prepare('DELETE FROM vm_standings WHERE cluster = ?').run(cluster);
      }, 0),
  };
}

function keep(db: Db, { events, standings, watched }: EventBatch): void {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO events (id, at, cluster, cluster_at, kind, vm, record) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const event of events) {
    const { id, at, clusterId, clusterAt, kind, vmId } = event;
    insert.run(id, at, clusterId, clusterAt, kind, vmId ?? null, JSON.stringify(event));
  }
  const stand = db.prepare('INSERT OR REPLACE INTO vm_standings (vm, cluster, record) VALUES (?, ?, ?)');
  const gone = db.prepare('DELETE FROM vm_standings WHERE vm = ?');
  for (const [vm, standing] of standings) {
    if (standing === undefined) gone.run(vm);
    else stand.run(vm, clusterOfVm(vm), JSON.stringify(standing));
  }
  const watch = db.prepare('INSERT OR REPLACE INTO watched (host, at) VALUES (?, ?)');
  for (const [host, at] of watched) watch.run(host, at);
}

function prune(db: Db): void {
  for (const row of readRows(db, 'SELECT DISTINCT cluster FROM events')) {
    const cluster = text(row, 'cluster') ?? '';
    db.prepare(
      `DELETE FROM events WHERE cluster = ?1 AND cluster_at <=
         (SELECT cluster_at FROM events WHERE cluster = ?1 ORDER BY cluster_at DESC LIMIT 1 OFFSET ?2)`,
    ).run(cluster, mostEvents);
  }
}
