import type { Scenario, ScenarioHost, ScenarioPool } from '../scenario/scenario.ts';

/** What is looked up in a scenario again and again; a data centre has too many hosts to go through. */
export interface ScenarioIndex {
  readonly hosts: ReadonlyMap<string, ScenarioHost>;
  /** By address and by name. */
  readonly addresses: ReadonlyMap<string, ScenarioHost>;
  /** What each host sees, in the scenario's order. */
  readonly pools: ReadonlyMap<string, readonly ScenarioPool[]>;
}

export function indexScenario({ hosts, pools }: Scenario): ScenarioIndex {
  const byHost = new Map<string, ScenarioPool[]>(hosts.map(({ name }) => [name, []]));
  for (const pool of pools) {
    for (const host of pool.hosts) byHost.get(host)?.push(pool);
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
  };
}
