import type { Host } from '../model/host.ts';
import type { HostId } from '../model/ids.ts';
import type { Vm } from '../model/vm.ts';

/** What a verb's rule must know beside the VM itself. */
export interface Surroundings {
  /** Where the VM is. */
  readonly home: Host;
  /** Every other host of its cluster: each may hold a running copy. */
  readonly others: readonly Host[];
  /** Those of the others that can be asked, or were. */
  readonly askedHostIds: readonly HostId[];
  /** All VMs of its cluster, for names that are taken. */
  readonly vms: readonly Vm[];
  /** What running tasks have been promised of the home's memory. */
  readonly claimedMemoryMiB: number;
}

/**
 * Out of everything that is known. A connected host's domains are all known, so it counts as asked; the backend asks
 * again just before it acts. undefined where the VM's host is not known (removed meanwhile).
 */
export function surroundingsOf(
  vm: Vm,
  known: { readonly hosts: Iterable<Host>; readonly vms: Iterable<Vm> },
  claimedMemoryMiB = 0,
): Surroundings | undefined {
  const cluster = [...known.hosts].filter((host) => host.clusterId === vm.clusterId);
  const home = cluster.find((host) => host.id === vm.hostId);
  if (home === undefined) return undefined;
  const others = cluster.filter((host) => host.id !== home.id);
  return {
    home,
    others,
    askedHostIds: others.filter((host) => host.connection.state === 'connected').map((host) => host.id),
    vms: [...known.vms].filter((each) => each.clusterId === vm.clusterId),
    claimedMemoryMiB,
  };
}
