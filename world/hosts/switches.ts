import type { Scenario } from '../scenario/scenario.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

const known = new WeakMap<Scenario, ReadonlyMap<string, readonly string[]>>();

/**
 * The switches whose uplinks lead from a host to the top of its tree, nearest first: those that have an uplink. Trees
 * meet above their tops in one switch that is never in the way, where the workstation hangs, too.
 */
export function uplinksOf(world: World, host: HostState): readonly string[] {
  const { scenario } = world;
  let chains = known.get(scenario);
  if (chains === undefined) {
    const above = new Map(scenario.switches.map(({ name, uplink }) => [name, uplink?.to]));
    chains = new Map(
      scenario.hosts.map((each) => {
        const chain: string[] = [];
        for (let at = each.switch; at !== undefined; ) {
          const next = above.get(at);
          if (next !== undefined) chain.push(at);
          at = next;
        }
        return [each.name, chain];
      }),
    );
    known.set(scenario, chains);
  }
  return chains.get(host.name) ?? [];
}

/** The uplinks that what goes from one host to another passes, up to where their ways meet, and down from there. */
export function uplinksBetween(
  world: World,
  from: HostState,
  to: HostState,
): { readonly up: readonly string[]; readonly down: readonly string[] } {
  const up = uplinksOf(world, from);
  const down = uplinksOf(world, to);
  let shared = 0;
  while (shared < up.length && shared < down.length && up.at(-1 - shared) === down.at(-1 - shared))
    shared += 1;
  // Two on one switch do not pass its uplink, though both have it on their way to the top.
  return { up: up.slice(0, up.length - shared), down: down.slice(0, down.length - shared) };
}

export function isCut(world: World, uplinks: readonly string[]): boolean {
  return uplinks.some((name) => world.state.switches[name]?.cut === true);
}
