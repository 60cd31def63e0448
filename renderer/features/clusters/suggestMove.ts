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

/** In which nothing happens by itself; in the others there is something to watch, and their words say what. */
const quietStory = 'two-servers';

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
  const { simulation } = cluster ?? {};
  if (cluster === undefined || simulation?.standing !== 'running') return undefined;
  if (simulation.scenario !== quietStory) return undefined;
  if (tasks.some((task) => task.kind === 'migration' && task.subject.clusterId === cluster.id))
    return undefined;
  const byId = new Map(hosts.map((host) => [host.id, host]));
  const foldersOf = new Map<HostId, ReadonlySet<string>>();
  for (const vm of byDistance(vms.filter((vm) => vm.clusterId === cluster.id))) {
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

/** Nearest first, then by name; of ten thousand only as many are put in order as are looked at. */
function* byDistance(vms: readonly Vm[]): Generator<Vm> {
  const groups = new Map<number, Vm[]>();
  for (const vm of vms) {
    const distance = Math.abs(Math.log2(vm.memoryMiB / worthWatchingMiB));
    const group = groups.get(distance);
    if (group === undefined) groups.set(distance, [vm]);
    else group.push(vm);
  }
  for (const [, group] of [...groups].sort(([one], [other]) => one - other))
    yield* group.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function diskFolders(vm: Vm): readonly string[] {
  return vm.disks.flatMap(({ source }) =>
    source === undefined ? [] : [source.slice(0, source.lastIndexOf('/') + 1)],
  );
}
