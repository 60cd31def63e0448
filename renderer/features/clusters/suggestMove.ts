import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import { usualOptions } from '../vms/vmVerdicts.ts';

export interface Move {
  readonly vm: Vm;
  readonly to: Host;
}

/** Small enough to be over soon, large enough that its rounds can be watched. */
const worthWatchingMiB = 8192;

/**
 * What a person who has just started a simulated cluster may try first: a VM that can move, nearest to the size that is
 * worth watching, and whose disks lie where the destination keeps some too. Nothing once a migration has been tried there.
 */
export function suggestMove(
  cluster: PhysicalCluster | undefined,
  hosts: readonly Host[],
  vms: readonly Vm[],
  tasks: readonly Task[],
): Move | undefined {
  if (cluster?.simulation?.standing !== 'running') return undefined;
  if (tasks.some((task) => task.kind === 'migration' && task.subject.clusterId === cluster.id))
    return undefined;
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const candidates = vms
    .filter((vm) => vm.clusterId === cluster.id)
    .map((vm) => ({ vm, distance: Math.abs(Math.log2(vm.memoryMiB / worthWatchingMiB)) }))
    .sort((a, b) => a.distance - b.distance || (a.vm.name < b.vm.name ? -1 : 1));
  const foldersOf = new Map<HostId, ReadonlySet<string>>();
  for (const { vm } of candidates) {
    const from = byId.get(vm.hostId);
    const to = from && hosts.find((host) => canMigrate(vm, from, host, usualOptions, 0).allowed);
    if (to === undefined) continue;
    const there =
      foldersOf.get(to.id) ?? new Set(vms.filter((each) => each.hostId === to.id).flatMap(diskFolders));
    foldersOf.set(to.id, there);
    if (diskFolders(vm).every((folder) => there.has(folder))) return { vm, to };
  }
  return undefined;
}

function diskFolders(vm: Vm): readonly string[] {
  return vm.disks.flatMap(({ source }) =>
    source === undefined ? [] : [source.slice(0, source.lastIndexOf('/') + 1)],
  );
}
