import { z } from 'zod';
import {
  type ClusterId,
  clusterOfVm,
  type HostId,
  taskIdSchema,
  type VmId,
  vmIdSchema,
} from '#shared/model/ids.ts';
import { type VmStanding, vmChangeSchema, vmStandingSchema } from '#shared/model/vmHistory.ts';
import { atomically, type Db, readNumber } from './database.ts';
import { parseRecord, readRows, text } from './records.ts';

/** One line of a VM's history; times are of its cluster's clock. */
export const vmEventSchema = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('change'),
      at: z.number(),
      change: vmChangeSchema,
      taskId: taskIdSchema.exactOptional(),
    })
    .readonly(),
  z.object({ kind: z.literal('seen'), at: z.number(), standing: vmStandingSchema }).readonly(),
  z.object({ kind: z.literal('gone'), at: z.number(), from: vmStandingSchema }).readonly(),
  z.object({ kind: z.literal('gap'), at: z.number(), since: z.number(), hostName: z.string() }).readonly(),
  /** A task on it ended; what it was is in journal.db. */
  z.object({ kind: z.literal('task'), at: z.number(), taskId: taskIdSchema }).readonly(),
]);
export type VmEvent = z.infer<typeof vmEventSchema>;

/** What has happened since the last time something was written. */
export interface VmEventBatch {
  readonly events: readonly { readonly vm: VmId; readonly cluster: ClusterId; readonly event: VmEvent }[];
  /** How each VM now is; undefined for one that is gone. */
  readonly standings: ReadonlyMap<VmId, VmStanding | undefined>;
  /** Up to when each host was watched. */
  readonly watched: ReadonlyMap<HostId, number>;
}

/** What happened to VMs, for people to read. May lag by a batch, and may be lost without harm. */
export interface VmEvents {
  append(batch: VmEventBatch): void;
  /** Newest first. */
  list(vm: VmId, limit: number, before: number | undefined): readonly VmEvent[];
  /** How each VM was when it was last seen. */
  standings(): ReadonlyMap<VmId, VmStanding>;
  watchedUntil(host: HostId): number | undefined;
  hasTask(id: string): boolean;
  forget(cluster: ClusterId): void;
}

/** Of all VMs together: some hundred bytes each. The oldest go first. */
const mostVmEvents = 200_000;
const pruneEvery = 1000;

export const vmEventTables = `
  CREATE TABLE vm_events (
    number INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL,
    vm TEXT NOT NULL,
    at REAL NOT NULL,
    task TEXT,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX vm_events_by_time ON vm_events (vm, at, number);
  CREATE UNIQUE INDEX vm_events_by_task ON vm_events (task) WHERE task IS NOT NULL;
  CREATE TABLE vm_standings (vm TEXT PRIMARY KEY, cluster TEXT NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE TABLE watched (host TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
`;

/** Where they are kept. A write that fails is reported there, and costs history, never the console. */
export interface VmEventFile {
  read<T>(body: (db: Db) => T, otherwise: T): T;
  write(body: (db: Db) => void): void;
}

export function openVmEvents(file: VmEventFile, reportDamage: (what: string) => void): VmEvents {
  let unpruned = pruneEvery;
  const read = (query: string, ...parameters: readonly (string | number)[]) =>
    file
      .read((db) => readRows(db, query, ...parameters), [])
      .flatMap(
        (row) => parseRecord(vmEventSchema, text(row, 'record'), reportDamage, 'An event of a VM') ?? [],
      );
  return {
    append(batch) {
      unpruned += batch.events.length;
      const prunes = unpruned >= pruneEvery;
      if (prunes) unpruned = 0;
      file.write((db) =>
        atomically(db, () => {
          keep(db, batch);
          if (prunes) prune(db);
        }),
      );
    },
    list(vm, limit, before) {
      const columns = 'SELECT record FROM vm_events WHERE vm = ?';
      const order = 'ORDER BY at DESC, number DESC';
      const found = read(`${columns} AND at < ? ${order} LIMIT ?`, vm, before ?? Number.MAX_VALUE, limit);
      const oldest = found.length === limit ? found.at(-1)?.at : undefined;
      // Those of one moment stay together, so that "before that moment" leaves none out.
      return oldest === undefined
        ? found
        : [...found.filter(({ at }) => at > oldest), ...read(`${columns} AND at = ? ${order}`, vm, oldest)];
    },
    standings: () =>
      new Map(
        file
          .read((db) => readRows(db, 'SELECT vm, record FROM vm_standings'), [])
          .flatMap((row) => {
            const record = text(row, 'record');
            const standing = parseRecord(vmStandingSchema, record, reportDamage, 'The state of a VM');
            return standing === undefined ? [] : [[vmIdSchema.parse(text(row, 'vm')), standing] as const];
          }),
      ),
    watchedUntil(host) {
      const rows = file.read((db) => readRows(db, 'SELECT at FROM watched WHERE host = ?', host), []);
      const at = rows[0]?.get('at');
      return typeof at === 'number' ? at : undefined;
    },
    hasTask: (id) =>
      file.read((db) => readRows(db, 'SELECT number FROM vm_events WHERE task = ?', id), []).length > 0,
    forget: (cluster) =>
      file.write((db) => {
        db.prepare('DELETE FROM vm_events WHERE cluster = ?').run(cluster);
        db.prepare('DELETE FROM vm_standings WHERE cluster = ?').run(cluster);
      }),
  };
}

function keep(db: Db, { events, standings, watched }: VmEventBatch): void {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO vm_events (cluster, vm, at, task, record) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { vm, cluster, event } of events) {
    const task = event.kind === 'task' ? event.taskId : null;
    insert.run(cluster, vm, event.at, task, JSON.stringify(event));
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
  const newest = readNumber(db, 'SELECT COALESCE(MAX(number), 0) AS newest FROM vm_events', 'newest');
  db.prepare('DELETE FROM vm_events WHERE number <= ?').run(newest - mostVmEvents);
}
