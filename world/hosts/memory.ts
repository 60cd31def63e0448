import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** Kernel, libvirt and page cache that is not given back. */
const hostOwnMiB = 1400;

/** The host's own, and what guests have been promised; at the most all there is. */
export function memoryUsedMiB(world: World, host: HostState): number {
  let promised = hostOwnMiB;
  for (const uuid in host.domains) {
    const domain = host.domains[uuid];
    if (domain?.instance !== undefined) promised += domain.definition.memoryMiB;
  }
  return Math.min(world.facts(host).memoryMiB, promised);
}

/** What guests have not been promised. */
export function freeMemoryMiB(world: World, host: HostState): number {
  return world.facts(host).memoryMiB - memoryUsedMiB(world, host);
}
