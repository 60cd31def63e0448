import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { errorDataSchema } from '#shared/contract/errors.ts';
import { clusterId, hostId } from '#shared/model/ids.ts';
import { readNumber } from './database.ts';
import { openHistory } from './history.ts';
import { type Journal, openJournal } from './journal.ts';

let folder: string;
const complaints: string[] = [];
const complain = (what: string) => void complaints.push(what);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-store-'));
  complaints.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const cluster = { id: clusterId('cluster'), name: 'lab' };

function keepHosts(journal: Journal, count: number): void {
  for (let number = 0; number < count; number += 1) {
    journal.hosts.saveCluster(cluster, [
      {
        id: hostId(`host-${String(number).padStart(4, '0')}`),
        clusterId: cluster.id,
        name: `host-${number}`,
        address: `ssh://root@host-${number}/${'x'.repeat(500)}`,
        declaredDead: false,
      },
    ]);
  }
}

/** Everything that is kept in the folder: a -shm file is an index that any reader makes anew. */
function contents(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .filter((name) => !name.endsWith('-shm'))
      .toSorted()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

describe.each(['journal.db', 'history.db'])('%s', (file) => {
  const open = () => (file === 'journal.db' ? openJournal : openHistory)(folder, complain);

  it.each(['DELETE', 'WAL'])(
    'of a newer Drover is refused and left as it was, in journal mode %s',
    (mode) => {
      const newer = new Database(join(folder, file));
      newer.pragma(`journal_mode = ${mode}`);
      newer.exec('CREATE TABLE later (what TEXT); PRAGMA user_version = 99');
      newer.close();
      const before = contents();
      expect(open).toThrow(
        expect.objectContaining({
          code: 'data-folder-unusable',
          message: expect.stringMatching(/newer Drover \(version 99 .* this one knows \d+\).*Update Drover/),
        }),
      );
      expect(contents()).toEqual(before);
    },
  );
});

describe('the journal', () => {
  it('says that it is damaged when that shows only once it is read', () => {
    const first = openJournal(folder, complain);
    keepHosts(first, 200);
    first.close();
    const path = join(folder, 'journal.db');
    const checkpoint = new Database(path);
    checkpoint.pragma('wal_checkpoint(TRUNCATE)');
    checkpoint.close();
    const size = readFileSync(path).length;
    const handle = openSync(path, 'r+');
    for (let at = 12 * 4096; at + 4096 <= size; at += 4096)
      writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, at);
    const journal = openJournal(folder, complain);
    expect(() => journal.hosts.hosts()).toThrow(
      expect.objectContaining({
        code: 'data-folder-unusable',
        message: expect.stringMatching(/^Read .*journal\.db: the file is damaged.*Move it aside/),
      }),
    );
    journal.close();
  });

  it('that is no database is refused, said to be damaged, and left as it was', () => {
    writeFileSync(join(folder, 'journal.db'), 'no database at all, '.repeat(1000));
    const before = contents();
    expect(() => openJournal(folder, complain)).toThrow(
      expect.objectContaining({
        code: 'data-folder-unusable',
        message: expect.stringMatching(/damaged.*Move it aside/),
      }),
    );
    expect(contents()).toEqual(before);
  });

  it('leaves aside one record that does not fit, says so, and reads the others', () => {
    const journal = openJournal(folder, complain);
    keepHosts(journal, 2);
    const db = new Database(join(folder, 'journal.db'));
    db.exec(`UPDATE hosts SET record = '{"colour":"green"}' WHERE id = 'host-0000'`);
    db.close();
    expect(journal.hosts.hosts().map(({ name }) => name)).toEqual(['host-1']);
    expect(complaints).toEqual([expect.stringMatching(/^A host in journal\.db cannot be read/)]);
    journal.close();
  });

  it('keeps a host with its cluster or neither', () => {
    const journal = openJournal(folder, complain);
    keepHosts(journal, 1);
    const other = { id: clusterId('other'), name: 'other' };
    const [known] = journal.hosts.hosts();
    if (known === undefined) throw new Error('no host was kept');
    const astray = { ...known, id: hostId('astray'), clusterId: clusterId('nowhere') };
    expect(() => journal.hosts.saveCluster(other, [known, astray])).toThrow();
    expect(journal.hosts.clusters()).toEqual([cluster]);
    journal.close();
  });

  it('syncs each write to the disk; history may lag', () => {
    const connections: Database.Database[] = [];
    const pragma = Database.prototype.pragma;
    vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (this: Database.Database, ...words) {
      connections.push(this);
      return pragma.apply(this, words);
    });
    const stores = [openJournal(folder, complain), openHistory(folder, complain)];
    const [journal, history] = new Set(connections);
    if (journal === undefined || history === undefined) throw new Error('two databases were expected');
    expect(readNumber(journal, 'PRAGMA synchronous', 'synchronous')).toBe(2);
    expect(readNumber(history, 'PRAGMA synchronous', 'synchronous')).toBe(1);
    for (const store of stores) store.close();
  });
});

const saidSchema = z.object({
  error: errorDataSchema,
  written: z.number(),
  kept: z.number(),
  keptLater: z.number(),
});

/** Opens and fills a journal on a file system mounted with these options, which nobody else sees. */
function storeOnTightFolder(mountOptions: string) {
  const program = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', 'tightFolder.js');
  const run = 'mount -t tmpfs -o "$1" tmpfs "$2" && exec "$3" "$4" "$2"';
  return spawnSync(
    'unshare',
    ['--map-root-user', '--mount', 'sh', '-c', run, 'sh', mountOptions, folder, process.execPath, program],
    { encoding: 'utf8' },
  );
}

const namespaces = spawnSync('unshare', [
  '--map-root-user',
  '--mount',
  'mount',
  '-t',
  'tmpfs',
  'tmpfs',
  '/mnt',
]);

describe.skipIf(namespaces.status !== 0)('the journal on a file system of its own', () => {
  it('says that the disk is full, keeps what was written, and goes on when there is room', () => {
    const { stdout, stderr } = storeOnTightFolder('size=1m');
    const said = saidSchema.parse(JSON.parse(stdout), { error: () => stderr });
    expect(said.error).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^Keep host host-\d+: the disk is full\. Free some space/),
    });
    expect(said.written).toBeGreaterThan(1);
    expect(said.kept).toBe(said.written);
    expect(said.keptLater).toBe(said.written + 1);
  });

  it('says that a folder may not be written', () => {
    const { stdout, stderr } = storeOnTightFolder('ro');
    const said = saidSchema.parse(JSON.parse(stdout), { error: () => stderr });
    expect(said.error).toMatchObject({
      code: 'data-folder-unusable',
      message: expect.stringMatching(/cannot be made.*Check the rights of the data folder/),
    });
  });
});
