import type { SimulatedHost } from '#shared/model/simulation.ts';
import { phaseOf } from '../hosts/guests.ts';
import { transferBy } from '../migrations/find.ts';
import { guestProgress } from '../physics/transfer.ts';
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

/** What its own clock says, where it gets on; null where no guest of that UUID does. */
export function guestBootedAt(world: World, uuid: string): number | null {
  for (const { domains } of world.hosts()) {
    const instance = domains[uuid]?.instance;
    if (instance === undefined) continue;
    const phase = phaseOf(instance);
    const transfer = transferBy(world, instance.incoming?.transfer);
    const standsStill = transfer !== undefined && guestProgress(transfer.model) === 0;
    if (!standsStill && (phase === 'running' || phase === 'booting')) return instance.guest.bootedAt;
  }
  return null;
}
