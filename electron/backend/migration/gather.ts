import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path/posix';
import type { Host } from '#shared/model/host.ts';
import type { Vm, VmDisk } from '#shared/model/vm.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { ReachResult } from '../drivers/migration.ts';
import type { DiskFacts, MigrationFacts } from './facts.ts';

interface Ends {
  readonly source: HostDriver;
  readonly destination: HostDriver;
}

/** Asks both hosts what only they know. Changes nothing but for markers, which are removed again. */
export async function gatherMigrationFacts(vm: Vm, to: Host, ends: Ends): Promise<MigrationFacts> {
  const { source, destination } = ends;
  const [reach, domainXml, hostCpuXml, disks] = await Promise.all([
    reachDestination(to, ends),
    source.migration.migratableXml(vm.uuid),
    source.migration.hostCpuXml(),
    gatherDisks(vm, ends),
  ]);
  const cpu = await destination.migration.cpuCompatible({ domainXml, hostCpuXml });
  return { ...reach, cpu, disks };
}

/**
 * The address by which the workstation reaches the destination is tried first, from the source; then those that the
 * destination has itself (the workstation may come through a jump host or a forwarded port).
 */
async function reachDestination(
  to: Host,
  { source, destination }: Ends,
): Promise<Pick<MigrationFacts, 'destinationAddress' | 'port' | 'migrationPort'>> {
  const { first } = await destination.migration.portRange();
  const candidates = [...new Set(await destination.addresses())];
  let failure: ReachResult = { reachable: false, cause: 'it has no address' };
  for (const address of candidates) {
    const result = await source.migration.canReach(address, first);
    if (result.reachable)
      return { destinationAddress: address, port: { reachable: true }, migrationPort: first };
    failure = result;
  }
  return {
    destinationAddress: candidates[0] ?? to.name,
    port: failure.reachable ? { reachable: true } : { reachable: false, cause: failure.cause },
    migrationPort: first,
  };
}

/** One marker a folder: disks of one folder are seen by both hosts or by one. */
async function gatherDisks(vm: Vm, ends: Ends): Promise<readonly DiskFacts[]> {
  const files = vm.disks.flatMap((disk) => (disk.source === undefined ? [] : [{ disk, path: disk.source }]));
  const folders = new Map<string, Promise<boolean>>();
  return await Promise.all(
    files.map(async ({ disk, path }) => {
      const folder = dirname(path);
      const shared = folders.get(folder) ?? isShared(path, ends);
      folders.set(folder, shared);
      return await diskFacts(disk, path, await shared, ends);
    }),
  );
}

/** A file written by one host and read by the other is the one proof that both see the same storage. */
async function isShared(path: string, { source, destination }: Ends): Promise<boolean> {
  const token = randomBytes(12).toString('hex');
  let marker: string;
  try {
    marker = await source.storage.writeMarker(path, token);
  } catch {
    // What cannot be proven is not claimed: such disks count as not shared.
    return false;
  }
  try {
    return (await destination.storage.readMarker(marker)) === token;
  } finally {
    await source.storage.removeMarker(marker);
  }
}

async function diskFacts(disk: VmDisk, path: string, shared: boolean, ends: Ends): Promise<DiskFacts> {
  const { source, destination } = ends;
  const [here, there, free] = await Promise.all([
    source.storage.inspect(path),
    destination.storage.inspect(path),
    shared ? undefined : destination.storage.freeBytes(path),
  ]);
  const [base] = disk.backingChain;
  const [baseHere, baseThere] =
    base === undefined || shared
      ? [undefined, undefined]
      : await Promise.all([source.storage.inspect(base.path), destination.storage.inspect(base.path)]);
  return {
    target: disk.target,
    path,
    format: here?.format ?? disk.format,
    cache: disk.cache,
    readOnly: disk.readOnly || disk.device === 'cdrom',
    shareable: disk.shareable,
    virtualBytes: here?.virtualBytes ?? 0,
    usedBytes: here?.usedBytes ?? 0,
    ...(base === undefined ? {} : { backing: base }),
    atDestination: shared && there !== undefined ? 'shared' : there === undefined ? 'absent' : 'different',
    backingAtDestination:
      baseHere !== undefined && baseThere !== undefined && baseHere.virtualBytes === baseThere.virtualBytes,
    ...(free === undefined ? {} : { freeBytesAtDestination: free }),
  };
}
