import { randomBytes } from 'node:crypto';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import { Questions } from '../questions.ts';
import type { LeftMarker, Proof } from '../sharedStorage/proof.ts';
import { proveShared } from '../sharedStorage/proveShared.ts';
import type { Unfinished } from '../unfinished.ts';
import type { MigrationFacts } from './facts.ts';
import { gatherDisks } from './gatherDisks.ts';

export interface Ends {
  readonly source: HostDriver;
  readonly destination: HostDriver;
}

/** Without a proof a VM whose disks are shared cannot move, so storage that is slow is waited for. */
const markerPatienceMs = 60_000;

/** Asks both hosts what only they know. Changes nothing but for markers, which are removed again. */
export async function gatherMigrationFacts(input: {
  readonly vm: Vm;
  readonly from: Host;
  readonly to: Host;
  readonly ends: Ends;
  readonly claimedPaths: readonly string[];
  readonly clock: Clock;
  readonly unfinished: Unfinished;
}): Promise<MigrationFacts> {
  const { vm, to, ends, claimedPaths } = input;
  const { source, destination } = ends;
  const { prove, markersLeft } = markers(input);
  const shownBytes = await usedBytesOf(claimedPaths, destination);
  const [reach, cpu, missingNetworks, disks] = await Promise.all([
    reachDestination(to, ends),
    compareCpu(vm, ends),
    destination.migration.missingNetworks(vm.nics),
    gatherDisks(vm, { source: source.storage, destination: destination.storage, prove }),
  ]);
  return { ...reach, cpu, missingNetworks, disks, markersLeft, shownBytes };
}

/** Written by the source beside each disk and looked for by the destination; which of them were left is gathered. */
function markers({ vm, from, to, ends, clock, unfinished }: Parameters<typeof gatherMigrationFacts>[0]) {
  const token = randomBytes(12).toString('hex');
  const witness = (driver: HostDriver) => ({ driver, questions: new Questions(clock, unfinished.ending) });
  const [writer, reader] = [witness(ends.source), witness(ends.destination)];
  const markersLeft: LeftMarker[] = [];
  let written = 0;
  const prove = async (path: string): Promise<Proof> => {
    const proof = await proveShared(
      {
        writer,
        writerName: from.name,
        path,
        token: `${token}-${written++}`,
        patienceMs: markerPatienceMs,
        unfinished,
      },
      reader,
    );
    if (proof.proof === 'unproven' && unfinished.ending.aborted) {
      throw new DroverError({
        code: 'backend-stopped',
        tried: `Plan to migrate ${vm.name} to ${to.name}`,
        cause: 'Drover is being stopped',
        next: 'Start it again and try again',
      });
    }
    if (proof.left !== undefined) markersLeft.push(proof.left);
    return proof;
  };
  return { prove, markersLeft };
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
