import type { HistoryColumns, HistoryRequest } from '#shared/model/history.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import { type MeasuredColumns, measured, type Samples } from '#shared/model/samples.ts';
import { type Clock, wallClock } from '../clock/clock.ts';
import {
  forgetSubjects,
  numberAll,
  numberedIn,
  numberOf,
  type PlacedChunk,
  pruneSubjects,
  readChunks,
  seenAt,
  writeChunks,
} from './chunkRecords.ts';
import { atomically } from './database.ts';
import { type Events, eventTables, openEvents } from './events.ts';
import { HistoryFile } from './historyFile.ts';
import { pointsOf, stitched } from './historyPoints.ts';
import { type HistoryRow, reachMs, readChunk, type Tier, tiers } from './historyTiers.ts';
import { type Chunk, SubjectHistory } from './subjectHistory.ts';

type SubjectKind = HistoryRequest['subject']['kind'];

/** Measurements of the last day, and what happened; may lag behind and may be lost without harm to anything else. */
export interface History {
  readonly events: Events;
  /** Times are of the cluster's own clock; `everyMs` is how far its sweeps are apart just now, by that clock. */
  append(samples: Samples, cluster: ClusterId, everyMs: number): void;
  read(request: HistoryRequest): HistoryColumns;
  /** All of a cluster that is removed. */
  forget(cluster: ClusterId): void;
  close(): void;
}

/** Of the chunks that become complete in one moment so many are written at once, or a part of very many. */
const writtenAtOnce = 250;
const writtenPart = 1 / 4;
const pruneEveryMs = 3600 * 1000;
const versions: readonly string[] = [
  'CREATE TABLE sweeps (at INTEGER NOT NULL, record TEXT NOT NULL) STRICT; CREATE INDEX sweeps_by_time ON sweeps (at);',
  // What was kept before mixed clusters; it may be lost without harm.
  "DELETE FROM sweeps; ALTER TABLE sweeps ADD COLUMN cluster TEXT NOT NULL DEFAULT ''; DROP INDEX sweeps_by_time; CREATE INDEX sweeps_by_time ON sweeps (cluster, at);",
  `DROP TABLE sweeps;
   CREATE TABLE subjects (number INTEGER PRIMARY KEY, cluster TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
     seen_at REAL NOT NULL, UNIQUE (kind, id)) STRICT;
   CREATE TABLE chunks (place INTEGER PRIMARY KEY, at INTEGER NOT NULL, cells BLOB NOT NULL) STRICT;`,
  `CREATE TABLE vm_events (number INTEGER PRIMARY KEY) STRICT;
   CREATE TABLE vm_standings (vm TEXT PRIMARY KEY, cluster TEXT NOT NULL, record TEXT NOT NULL) STRICT;
   CREATE TABLE watched (host TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;`,
  eventTables,
];

export function openHistory(
  dataFolder: string,
  reportDamage: (what: string) => void,
  clock: Clock = wallClock,
): History {
  return new KeptHistory(new HistoryFile(dataFolder, versions, reportDamage), clock, reportDamage);
}

interface Subject {
  readonly number: number;
  readonly cluster: ClusterId;
  readonly kind: SubjectKind;
  readonly history: SubjectHistory;
  /** Tiers of which a chunk was written by this run: the first may have to be joined to what an earlier run left. */
  readonly begun: Set<number>;
}

class KeptHistory implements History {
  readonly events: Events;
  readonly #file: HistoryFile;
  readonly #clock: Clock;
  readonly #subjects: Readonly<Record<SubjectKind, Map<string, Subject>>> = {
    cluster: new Map(),
    host: new Map(),
    vm: new Map(),
  };
  #complete: (PlacedChunk & { readonly cluster: ClusterId })[] = [];
  #prunedAt = Number.NEGATIVE_INFINITY;
  /** The file that subjects got their numbers from. */
  #numberedBy = 0;

  constructor(file: HistoryFile, clock: Clock, reportDamage: (what: string) => void) {
    this.#file = file;
    this.events = openEvents(file, reportDamage);
    this.#clock = clock;
  }

  append({ hosts, vms, clusters }: Samples, cluster: ClusterId, everyMs: number): void {
    this.#add('host', hosts.hostIds, hosts, cluster, everyMs);
    this.#add('vm', vms.vmIds, vms, cluster, everyMs);
    this.#add('cluster', clusters.clusterIds, clusters, cluster, everyMs);
    this.#write(Math.max(writtenAtOnce, Math.ceil(this.#complete.length * writtenPart)));
  }

  read({ subject, metrics, spanMs, to: until, points }: HistoryRequest): HistoryColumns {
    const { metrics: names } = measured[subject.kind];
    const known = this.#known(subject.kind).get(subject.id);
    const to =
      until ??
      known?.history.lastAt ??
      this.#file.read((db) => seenAt(db, subject.kind, subject.id), undefined) ??
      0;
    const from = to - spanMs;
    const numbered =
      known?.number ?? this.#file.read((db) => numberOf(db, subject.kind, subject.id), undefined);
    const first = tiers.findIndex((tier) => reachMs(tier) >= spanMs);
    const wanted = first < 0 ? tiers.slice(-1) : tiers.slice(first);
    const rows =
      numbered === undefined
        ? []
        : stitched(wanted.map((tier) => this.#rows(tier, numbered, known, names.length, from, to)));
    const columns = metrics.map((metric) => names.findIndex((name) => name === metric));
    const drawn = pointsOf(rows, columns, from, to, points);
    const open = (values: readonly number[]) => values.map((value) => (Number.isNaN(value) ? null : value));
    return {
      from,
      to,
      stepMs: drawn.stepMs,
      at: drawn.at,
      columns: metrics.map((metric, index) => ({
        metric,
        mean: open(drawn.mean[index] ?? []),
        least: open(drawn.least[index] ?? []),
        greatest: open(drawn.greatest[index] ?? []),
      })),
      ...(this.#file.trouble === undefined ? {} : { trouble: this.#file.trouble }),
    };
  }

  forget(cluster: ClusterId): void {
    this.#forget((subject) => subject.cluster === cluster);
    this.#complete = this.#complete.filter((each) => each.cluster !== cluster);
    this.#file.write((db) => {
      forgetSubjects(db, numberedIn(db, cluster));
    }, 0);
    this.events.forget(cluster);
  }

  close(): void {
    for (const known of Object.values(this.#subjects)) {
      for (const subject of known.values()) subject.history.close((chunk) => this.#finish(subject, chunk));
    }
    this.#write(this.#complete.length);
    this.#file.close();
  }

  #add(
    kind: SubjectKind,
    ids: readonly string[],
    columns: MeasuredColumns,
    cluster: ClusterId,
    everyMs: number,
  ): void {
    const known = this.#known(kind);
    const unknown = ids.filter((id) => !known.has(id));
    if (unknown.length > 0) this.#number(kind, unknown, cluster);
    const values = measured[kind].metrics.map((metric) => columns[metric]);
    for (const [index, id] of ids.entries()) {
      const subject = known.get(id);
      subject?.history.add(
        columns.at,
        (column) => values[column]?.[index] ?? null,
        everyMs,
        (chunk) => this.#finish(subject, chunk),
      );
    }
  }

  #known(kind: SubjectKind): Map<string, Subject> {
    // A file that was begun anew knows none of the numbers that were given by the last.
    if (this.#numberedBy !== this.#file.generation) {
      this.#forget(() => true);
      this.#complete = [];
      this.#numberedBy = this.#file.generation;
    }
    return this.#subjects[kind];
  }

  #forget(isForgotten: (subject: Subject) => boolean): void {
    for (const known of Object.values(this.#subjects)) {
      for (const [id, subject] of known) if (isForgotten(subject)) known.delete(id);
    }
  }

  #number(kind: SubjectKind, ids: readonly string[], cluster: ClusterId): void {
    const numbers = this.#file.write((db) => numberAll(db, kind, ids, cluster));
    const known = this.#known(kind);
    for (const [id, number] of numbers ?? []) {
      const history = new SubjectHistory(measured[kind].rests);
      known.set(id, { number, cluster, kind, history, begun: new Set() });
    }
  }

  #finish(subject: Subject, chunk: Chunk): void {
    const { number, cluster, begun } = subject;
    this.#complete.push({ subject: number, cluster, chunk, joins: !begun.has(chunk.tier.index) });
    begun.add(chunk.tier.index);
  }

  #rows(
    tier: Tier,
    number: number,
    known: Subject | undefined,
    metrics: number,
    from: number,
    to: number,
  ): readonly HistoryRow[] {
    const chunks = this.#file.read((db) => readChunks(db, tier, number, from, to), []);
    const here = [
      ...this.#complete.filter(({ subject }) => subject === number).map(({ chunk }) => chunk),
      ...(known?.history.unfinished() ?? []),
    ].filter((chunk) => chunk.tier === tier);
    return [...chunks, ...here].flatMap(({ at, cells }) => readChunk(tier, metrics, at, cells));
  }

  #write(count: number): void {
    const chunks = this.#complete.slice(0, count);
    if (chunks.length === 0) return;
    this.#complete = this.#complete.slice(count);
    this.#file.write((db) => {
      const isDue = this.#clock.elapsed() - this.#prunedAt >= pruneEveryMs;
      atomically(db, () => {
        writeChunks(db, chunks);
        if (!isDue) return;
        const gone = new Set(pruneSubjects(db));
        this.#forget(({ number }) => gone.has(number));
      });
      if (isDue) this.#prunedAt = this.#clock.elapsed();
    });
  }
}
