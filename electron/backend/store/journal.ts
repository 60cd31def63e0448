import { join } from 'node:path';
import { type Db, openDatabase } from './database.ts';
import { type HostRecords, openHostRecords } from './hostRecords.ts';
import { openTaskRecords, type TaskRecords } from './taskRecords.ts';

/** What Drover must not lose: hosts, tasks with their facts, last known inventory. Every write is synced. */
export interface Journal {
  readonly hosts: HostRecords;
  readonly tasks: TaskRecords;
  close(): void;
}

const versions: readonly string[] = [
  `
  CREATE TABLE clusters (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL) STRICT;
  CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    cluster_id TEXT NOT NULL REFERENCES clusters (id),
    record TEXT NOT NULL,
    last_known TEXT
  ) STRICT;
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    idempotency_key TEXT UNIQUE,
    record TEXT NOT NULL,
    plan TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_time ON tasks (created_at DESC);
  CREATE INDEX tasks_unended ON tasks (ended) WHERE ended = 0;
  CREATE TABLE task_facts (
    number INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    step_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_facts_by_task ON task_facts (task_id, number);
  `,
];

/** Throws a DroverError (`data-folder-unusable`, `disk-full`) where `journal.db` cannot be used. */
export function openJournal(dataFolder: string, reportDamage: (what: string) => void): Journal {
  const db: Db = openDatabase({ path: join(dataFolder, 'journal.db'), versions, synchronous: 'FULL' });
  return {
    hosts: openHostRecords(db, reportDamage),
    tasks: openTaskRecords(db, reportDamage),
    close: () => db.close(),
  };
}
