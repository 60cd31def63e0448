import { type ClusterEvent, clusterEventSchema } from '#shared/model/history.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import type { Db } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';

const keptMs = 25 * 3600 * 1000;
/** A cluster in which everything goes up and down all day is told of its latest. */
const mostKept = 5000;

export function keepEvent(db: Db, event: ClusterEvent, cluster: ClusterId): void {
  db.prepare('INSERT INTO events (cluster, at, record) VALUES (?, ?, ?)').run(
    cluster,
    event.at,
    JSON.stringify(event),
  );
}

export function pruneEvents(db: Db): void {
  db.prepare(
    'DELETE FROM events WHERE at < (SELECT max(at) FROM events AS newer WHERE newer.cluster = events.cluster) - ?',
  ).run(keptMs);
  db.prepare(
    `DELETE FROM events WHERE rowid IN (SELECT rowid FROM
       (SELECT rowid, row_number() OVER (PARTITION BY cluster ORDER BY at DESC) AS place FROM events) WHERE place > ?)`,
  ).run(mostKept);
}

/** Oldest first; of very many the latest. */
export function readEvents(
  db: Db,
  cluster: ClusterId,
  from: number,
  to: number,
  most: number,
): readonly ClusterEvent[] {
  const rows = readRows(
    db,
    'SELECT record FROM events WHERE cluster = ? AND at >= ? AND at <= ? ORDER BY at DESC LIMIT ?',
    cluster,
    from,
    to,
    most,
  );
  return rows
    .flatMap((row) => parseRecord(clusterEventSchema, text(row, 'record'), console.error, 'An event') ?? [])
    .toReversed();
}
