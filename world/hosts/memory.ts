import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** Kernel, libvirt and page cache that is not given back. */
export const hostOwnMiB = 1400;

/** The host's own, and what guests have been promised; at the most all there is. */
export function memoryUsedMiB(world: World, host: HostState, promisedMiB: number): number {
  return Math.min(world.facts(host).memoryMiB, hostOwnMiB + promisedMiB);
}

/** What guests have not been promised. */
export function freeMemoryMiB(world: World, host: HostState): number {
  let promisedMiB = 0;
  for (const { definition, instance } of Object.values(host.domains)) {
    if (instance !== undefined) promisedMiB += definition.memoryMiB;
  }
  return world.facts(host).memoryMiB - memoryUsedMiB(world, host, promisedMiB);
}

/** What the host has for pages that guests touch. */
export function roomForGuestsMiB(world: World, host: HostState): number {
  return Math.max(0, world.facts(host).memoryMiB - hostOwnMiB);
}
