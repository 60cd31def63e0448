import { z } from 'zod';
import { hostCapacitySchema } from '#shared/model/host.ts';
import { clusterIdSchema, hostIdSchema } from '#shared/model/ids.ts';
import { vmSchema } from '#shared/model/vm.ts';
import type { ClusterDefinition, HostDefinition, HostStore } from '../hosts/registry.ts';
import type { LastKnownStore } from '../inventory/lastKnownKeeper.ts';
import { atomically, type Db } from './database.ts';
import { parseRecord, readRows, text, write } from './records.ts';

const definitionSchema: z.ZodType<HostDefinition> = z
  .object({
    id: hostIdSchema,
    clusterId: clusterIdSchema,
    name: z.string(),
    address: z.string(),
    keyFile: z.string().exactOptional(),
    hostUuid: z.string().exactOptional(),
    declaredDead: z.boolean(),
  })
  .readonly();

const clusterSchema: z.ZodType<ClusterDefinition> = z
  .object({
    id: clusterIdSchema,
    name: z.string(),
    world: z
      .object({
        key: z.string(),
        folder: z.string(),
        scenario: z.string(),
        title: z.string(),
        seed: z.number().int(),
        made: z.boolean(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();

/** What a host last said, shown as last known until it answers again, and kept for restart after it dies. */
export const lastKnownSchema = z
  .object({
    at: z.number(),
    capacity: hostCapacitySchema.optional(),
    vms: z.array(vmSchema).readonly(),
  })
  .readonly();
export type LastKnown = z.infer<typeof lastKnownSchema>;

export interface HostRecords extends HostStore, LastKnownStore {}

export function openHostRecords(db: Db, reportDamage: (what: string) => void): HostRecords {
  return {
    clusters: () =>
      readRows(db, 'SELECT record FROM clusters ORDER BY name').flatMap(
        (row) => parseRecord(clusterSchema, text(row, 'record'), reportDamage, 'A physical cluster') ?? [],
      ),
    hosts: () =>
      readRows(db, 'SELECT record FROM hosts ORDER BY id').flatMap(
        (row) => parseRecord(definitionSchema, text(row, 'record'), reportDamage, 'A host') ?? [],
      ),
    saveCluster: (cluster, hosts) =>
      write(`Keep ${hosts.map(({ name }) => `host ${name}`).join(', ') || `cluster ${cluster.name}`}`, () => {
        atomically(db, () => {
          db.prepare(
            'INSERT INTO clusters (id, name, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, record = excluded.record',
          ).run(cluster.id, cluster.name, JSON.stringify(cluster));
          const put = putHost(db);
          for (const host of hosts) put(host);
        });
      }),
    saveHost: (host) => write(`Keep host ${host.name}`, () => putHost(db)(host)),
    removeHost: (id) =>
      write(`Forget host ${id}`, () => {
        db.prepare('DELETE FROM hosts WHERE id = ?').run(id);
      }),
    removeCluster: (id) =>
      write(`Forget cluster ${id}`, () => {
        atomically(db, () => {
          db.prepare('DELETE FROM hosts WHERE cluster_id = ?').run(id);
          db.prepare('DELETE FROM clusters WHERE id = ?').run(id);
        });
      }),
    lastKnown(id) {
      const [row] = readRows(db, 'SELECT last_known FROM hosts WHERE id = ? AND last_known IS NOT NULL', id);
      return row === undefined
        ? undefined
        : parseRecord(lastKnownSchema, text(row, 'last_known'), reportDamage, `What host ${id} last said`);
    },
    saveLastKnown: (all) =>
      write(`Keep what ${all.size === 1 ? 'a host' : `${all.size} hosts`} last said`, () => {
        atomically(db, () => {
          const update = db.prepare('UPDATE hosts SET last_known = ? WHERE id = ?');
          for (const [id, known] of all) update.run(JSON.stringify(known), id);
        });
      }),
  };
}

function putHost(db: Db): (host: HostDefinition) => void {
  const put = db.prepare(
    'INSERT INTO hosts (id, cluster_id, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET cluster_id = excluded.cluster_id, record = excluded.record',
  );
  return (host) => void put.run(host.id, host.clusterId, JSON.stringify(host));
}
