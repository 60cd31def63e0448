import { atomically, type Db } from './database.ts';
import { placeOf, slotAt, slotsOfAllTiers, type Tier } from './historyTiers.ts';
import type { Chunk } from './subjectHistory.ts';

/** The chunk that one subject's ring has at its place. */
export interface PlacedChunk {
  readonly subject: number;
  readonly chunk: Chunk;
  /** An earlier run of Drover may have left the beginning of the same chunk. */
  readonly joins: boolean;
}

/** A subject that has said nothing for so long has no history left that would be shown. */
const forgottenAfterMs = 25 * 3600 * 1000;

/** Of the rows of a query by column name. */
function rowsOf(
  db: Db,
  query: string,
  ...parameters: readonly (string | number)[]
): readonly Map<string, unknown>[] {
  return db
    .prepare(query)
    .all(...parameters)
    .map((row) => new Map(Object.entries(row ?? {})));
}

const numberIn = (row: Map<string, unknown> | undefined, column: string): number | undefined => {
  const value = row?.get(column);
  return typeof value === 'number' ? value : undefined;
};

export function numberOf(db: Db, kind: string, id: string): number | undefined {
  return numberIn(rowsOf(db, 'SELECT number FROM subjects WHERE kind = ? AND id = ?', kind, id)[0], 'number');
}

/** So many in one statement: each costs some 20 us by itself, and a cluster may have ten thousand VMs. */
const inOneStatement = 200;

/** Numbers of all these, new ones for those that have none. All of them or none. */
export function numberAll(
  db: Db,
  kind: string,
  ids: readonly string[],
  cluster: string,
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  atomically(db, () => {
    for (let first = 0; first < ids.length; first += inOneStatement) {
      const some = ids.slice(first, first + inOneStatement);
      db.prepare(
        `INSERT OR IGNORE INTO subjects (cluster, kind, id, seen_at) VALUES ${some.map(() => '(?, ?, ?, 0)').join(', ')}`,
      ).run(...some.flatMap((id) => [cluster, kind, id]));
      const places = some.map(() => '?').join(', ');
      const query = `SELECT id, number FROM subjects WHERE kind = ? AND id IN (${places})`;
      for (const row of rowsOf(db, query, kind, ...some)) {
        const number = numberIn(row, 'number');
        if (number !== undefined) numbers.set(String(row.get('id')), number);
      }
    }
  });
  return numbers;
}

/** When it was last written of, by its cluster's clock. */
export function seenAt(db: Db, kind: string, id: string): number | undefined {
  return numberIn(
    rowsOf(db, 'SELECT seen_at FROM subjects WHERE kind = ? AND id = ?', kind, id)[0],
    'seen_at',
  );
}

export function numberedIn(db: Db, cluster: string): readonly number[] {
  return rowsOf(db, 'SELECT number FROM subjects WHERE cluster = ?', cluster).flatMap(
    (row) => numberIn(row, 'number') ?? [],
  );
}

/** Oldest first; those that hold anything between the two moments. */
export function readChunks(
  db: Db,
  tier: Tier,
  subject: number,
  from: number,
  to: number,
): readonly Omit<Chunk, 'tier'>[] {
  const get = db.prepare('SELECT at, cells FROM chunks WHERE place = ?');
  const chunks: Omit<Chunk, 'tier'>[] = [];
  const first = Math.max(Math.floor(from / tier.chunkMs), Math.floor(to / tier.chunkMs) - tier.slots + 1);
  for (let index = first; index <= Math.floor(to / tier.chunkMs); index += 1) {
    const at = index * tier.chunkMs;
    const found = chunkIn(get.get(placeOf(tier, slotAt(tier, at), subject)));
    if (found?.at === at) chunks.push(found);
  }
  return chunks;
}

export function writeChunks(db: Db, chunks: readonly PlacedChunk[]): void {
  const get = db.prepare('SELECT at, cells FROM chunks WHERE place = ?');
  const put = db.prepare('INSERT OR REPLACE INTO chunks (place, at, cells) VALUES (?, ?, ?)');
  const seen = db.prepare('UPDATE subjects SET seen_at = ? WHERE number = ?');
  for (const { subject, chunk, joins } of chunks) {
    const { tier, at } = chunk;
    const place = placeOf(tier, slotAt(tier, at), subject);
    const before = joins ? chunkIn(get.get(place)) : undefined;
    const cells = before?.at === at ? joined(before.cells, chunk.cells) : chunk.cells;
    put.run(place, at, Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength));
    if (tier.stepMs > 0) seen.run(at + tier.chunkMs, subject);
  }
}

export function forgetSubjects(db: Db, subjects: readonly number[]): void {
  const drop = db.prepare('DELETE FROM chunks WHERE place BETWEEN ? AND ?');
  const forget = db.prepare('DELETE FROM subjects WHERE number BETWEEN ? AND ?');
  for (const { first, last } of runsOf(subjects)) {
    for (let slot = 0; slot < slotsOfAllTiers; slot += 1) {
      drop.run(placeOf({ firstSlot: 0 }, slot, first), placeOf({ firstSlot: 0 }, slot, last));
    }
    forget.run(first, last);
  }
}

/** Numbers that follow each other, as those of a cluster mostly do: their chunks of one moment lie side by side. */
function runsOf(numbers: readonly number[]): readonly { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && number <= run.last + 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs;
}

/** VMs and hosts that are no more, each by its cluster's own clock. */
export function pruneSubjects(db: Db): readonly number[] {
  const gone = rowsOf(
    db,
    `SELECT number FROM subjects JOIN
       (SELECT cluster AS of, max(seen_at) AS newest FROM subjects GROUP BY cluster) ON of = cluster
     WHERE seen_at > 0 AND seen_at < newest - ?`,
    forgottenAfterMs,
  ).flatMap((row) => numberIn(row, 'number') ?? []);
  forgetSubjects(db, gone);
  return gone;
}

function chunkIn(row: unknown): Omit<Chunk, 'tier'> | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  const at: unknown = Reflect.get(row, 'at');
  const cells: unknown = Reflect.get(row, 'cells');
  const bytes = cells instanceof ArrayBuffer ? new Uint8Array(cells) : cells;
  if (typeof at !== 'number' || !(bytes instanceof Uint8Array) || bytes.byteLength % 4 !== 0)
    return undefined;
  return { at, cells: new Float32Array(bytes.slice().buffer) };
}

function joined(before: Float32Array, after: Float32Array): Float32Array {
  const both = new Float32Array(before.length + after.length);
  both.set(before);
  both.set(after, before.length);
  return both;
}
