import { randomBytes } from 'node:crypto';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { MigrationFacts } from './facts.ts';
import { gatherDisks } from './gatherDisks.ts';

export interface Ends {
  readonly source: HostDriver;
  readonly destination: HostDriver;
}

/** Asks both hosts what only they know. Changes nothing but for markers, which are removed again. */
export async function gatherMigrationFacts(
  vm: Vm,
  to: Host,
  ends: Ends,
  claimedPaths: readonly string[],
): Promise<MigrationFacts> {
  const { source, destination } = ends;
  const shownBytes = await usedBytesOf(claimedPaths, destination);
  const [reach, cpu, missingNetworks, disks] = await Promise.all([
    reachDestination(to, ends),
    compareCpu(vm, ends),
    destination.migration.missingNetworks(vm.nics),
    gatherDisks(vm, { source: source.storage, destination: destination.storage }, token()),
  ]);
  return { ...reach, cpu, missingNetworks, disks, shownBytes };
}

async function usedBytesOf(
  paths: readonly string[],
  { storage }: HostDriver,
): Promise<ReadonlyMap<string, number>> {
  const used = await Promise.all(
    paths.map(async (path) => {
      // One that is just being made cannot be read: then its promise counts in full.
      const image = await storage.inspect(path).catch(() => undefined);
      return [path, image?.usedBytes ?? 0] as const;
    }),
  );
  return new Map(used);
}

async function compareCpu(vm: Vm, { source, destination }: Ends): Promise<MigrationFacts['cpu']> {
  const [domainXml, hostCpuXml] = await Promise.all([
    source.migration.migratableXml(vm.uuid),
    source.migration.hostCpuXml(),
  ]);
  return await destination.migration.cpuCompatible({ domainXml, hostCpuXml });
}

/**
 * The address by which the workstation reaches the destination is preferred; then those that the destination has itself
 * (the workstation may come through a jump host or a forwarded port). The source tries them all at once, but for those
 * that it has itself: every libvirt host has 192.168.122.1, and would hear its own answer there.
 */
async function reachDestination(
  to: Host,
  { source, destination }: Ends,
): Promise<Pick<MigrationFacts, 'destinationAddress' | 'port' | 'migrationPort'>> {
  const [{ first }, theirs, ours] = await Promise.all([
    destination.migration.portRange(),
    destination.addresses(),
    source.addresses(),
  ]);
  const candidates = theirs.filter((address) => !ours.includes(address));
  const tried = await Promise.all(
    candidates.map(async (address) => ({ address, result: await source.migration.canReach(address, first) })),
  );
  const reached = tried.find(({ result }) => result.reachable);
  if (reached !== undefined) {
    return { destinationAddress: reached.address, port: { reachable: true }, migrationPort: first };
  }
  const [refused] = tried;
  const cause =
    refused === undefined || refused.result.reachable
      ? 'it has no address that the source has not too'
      : refused.result.cause;
  return {
    destinationAddress: refused?.address ?? to.name,
    port: { reachable: false, cause },
    migrationPort: first,
  };
}

function token(): string {
  return randomBytes(12).toString('hex');
}
