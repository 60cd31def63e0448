import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

export interface Whereabouts {
  readonly host: HostState;
  readonly domain: DomainState;
}

/**
 * Where a VM is known: first of all where its guest executes, then where it has an instance that does not wait for one
 * to arrive. Of a migration that was cut off two hosts have an instance: the original, which stands still, and the one
 * that came up.
 */
export function whereabouts(world: World, uuid: string): Whereabouts | undefined {
  let best: Whereabouts | undefined;
  let bestRank = 0;
  for (const host of world.hosts()) {
    const domain = host.domains[uuid];
    if (domain === undefined) continue;
    const rank = rankOf(domain);
    if (rank <= bestRank) continue;
    best = { host, domain };
    bestRank = rank;
  }
  return best;
}

function rankOf({ instance }: DomainState): number {
  if (instance === undefined || instance.incoming !== undefined) return 1;
  if (instance.state === 'active') return 4;
  return instance.reason === 'migration' ? 2 : 3;
}

/** Only where it has an instance. */
export function whereItRuns(world: World, uuid: string): Whereabouts | undefined {
  const found = whereabouts(world, uuid);
  return found?.domain.instance === undefined || found.domain.instance.incoming !== undefined
    ? undefined
    : found;
}
