import { freeMemoryMiB } from '../hosts/memory.ts';
import { isOpen, reach } from '../hosts/path.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { fileAt } from '../storage/stores.ts';

/** The host with most memory to spare of those that could take it; undefined where none can. */
export function roomiestFor(
  world: World,
  from: HostState,
  domain: DomainState,
  copiesDisks: boolean,
): HostState | undefined {
  const { memoryMiB, machine } = domain.definition;
  const flags = world.facts(from).cpuFlags;
  const emptied = new Set(Object.values(world.state.evacuations).map(({ host }) => host));
  const promised = promisedMiB(world);
  let best: { readonly host: HostState; readonly freeMiB: number } | undefined;
  for (const host of world.hosts()) {
    if (host === from || emptied.has(host.name) || !answers(world, host) || !reach(world, from, host))
      continue;
    const freeMiB = freeMemoryMiB(world, host) - (promised.get(host.name) ?? 0);
    if (freeMiB < memoryMiB || (best !== undefined && freeMiB <= best.freeMiB)) continue;
    const facts = world.facts(host);
    if (!facts.machineTypes.includes(machine)) continue;
    if (flags.some((flag) => !facts.cpuFlags.includes(flag))) continue;
    if (!seesAll(world, host, domain, copiesDisks)) continue;
    best = { host, freeMiB };
  }
  return best?.host;
}

/** Its libvirt can be spoken to from the workstation. */
export function answers(world: World, host: HostState): boolean {
  return host.libvirtRuns && isOpen(world, host);
}

/** Of moves that wait for their VM's turn: where they lead nothing is taken yet. */
function promisedMiB(world: World): ReadonlyMap<string, number> {
  const promised = new Map<string, number>();
  for (const { from, to, uuid } of Object.values(world.state.moves)) {
    const domain = world.host(from)?.domains[uuid];
    if (domain === undefined || world.host(to)?.domains[uuid]?.instance !== undefined) continue;
    promised.set(to, (promised.get(to) ?? 0) + domain.definition.memoryMiB);
  }
  return promised;
}

function seesAll(world: World, host: HostState, { definition }: DomainState, copiesDisks: boolean): boolean {
  const { networks } = world.facts(host);
  const hasNetworks = definition.nics.every(
    ({ source }) => source === '' || networks.some(({ name, active }) => active && name === source),
  );
  if (!hasNetworks) return false;
  return definition.disks.every(
    ({ source }) => source === undefined || copiesDisks || fileAt(world, host.name, source) !== undefined,
  );
}
