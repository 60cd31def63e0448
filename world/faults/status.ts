import type { SimulatedHost } from '#shared/model/simulation.ts';
import type { World } from '../state/world.ts';

export function simulatedHosts(world: World): readonly SimulatedHost[] {
  return world.hosts().map((host) => ({
    name: host.name,
    power: host.power,
    link: {
      cut: host.cut,
      rateBitsPerSecond: host.linkBitsPerSecond,
      slowed: host.linkBitsPerSecond < world.facts(host).nicBitsPerSecond,
    },
    distanceMs: host.distanceMs,
    hung: Object.values(host.domains)
      .filter(({ instance }) => instance?.guest.hung === true)
      .map(({ uuid }) => uuid),
  }));
}
