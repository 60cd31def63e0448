import type { Scenario, ScenarioHost, ScenarioPool } from '../scenario/scenario.ts';

/** What is looked up in a scenario again and again; a data centre has too many hosts to go through. */
export interface ScenarioIndex {
  readonly hosts: ReadonlyMap<string, ScenarioHost>;
  /** By address and by name. */
  readonly addresses: ReadonlyMap<string, ScenarioHost>;
  /** What each host sees, in the scenario's order. */
  readonly pools: ReadonlyMap<string, readonly SeenPool[]>;
  /** The hosts that see each store, by its key. */
  readonly stores: ReadonlyMap<string, readonly string[]>;
}

/** A pool as one host sees it. */
export interface SeenPool {
  readonly pool: ScenarioPool;
  /** What paths into it begin with. */
  readonly prefix: string;
  /** Of its store. */
  readonly key: string;
}

/** The key of the store that a host sees at a pool's path. */
export function storeKey(pool: { readonly name: string; readonly shared: boolean }, host: string): string {
  return pool.shared ? pool.name : `${pool.name}@${host}`;
}

/** Keys of all its stores: one, or one on each host. */
export function storesOf(pool: ScenarioPool): readonly string[] {
  return pool.shared ? [pool.name] : pool.hosts.map((host) => storeKey(pool, host));
}

export function indexScenario({ hosts, pools }: Scenario): ScenarioIndex {
  const byHost = new Map<string, SeenPool[]>(hosts.map(({ name }) => [name, []]));
  for (const pool of pools) {
    for (const host of pool.hosts) {
      byHost.get(host)?.push({ pool, prefix: `${pool.path}/`, key: storeKey(pool, host) });
    }
  }
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    addresses: new Map(
      hosts.flatMap((host): [string, ScenarioHost][] => [
        [host.name, host],
        [host.address, host],
      ]),
    ),
    pools: byHost,
    stores: new Map(
      pools.flatMap((pool): [string, readonly string[]][] =>
        pool.shared ? [[pool.name, pool.hosts]] : pool.hosts.map((host) => [storeKey(pool, host), [host]]),
      ),
    ),
  };
}
