import type { Host } from '#shared/model/host.ts';
import type { ClusterId, HostId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { SimulatedHost, Simulation } from '#shared/model/simulation.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { useLive } from '../../transport/hooks.ts';
import { formatLinkRate } from '../../ui/format.ts';
import { hostState, type ShownState } from '../../ui/states.ts';

export type Clusters = ReadonlyMap<ClusterId, PhysicalCluster>;

/** A host of a simulated cluster together with what its world tells of it beside its libvirt; undefined of a real one. */
export interface Simulated {
  readonly cluster: PhysicalCluster;
  readonly simulation: Simulation;
  /** As the world calls it. */
  readonly name: string;
  /** What is broken in it is known only while its world runs. */
  readonly host: SimulatedHost | undefined;
}

export function simulatedOf(host: Host, clusters: Clusters): Simulated | undefined {
  const cluster = clusters.get(host.clusterId);
  if (cluster?.simulation === undefined) return undefined;
  const { simulation } = cluster;
  const name = decodeURIComponent(host.address.slice(host.address.lastIndexOf('/') + 1));
  const known = simulation.standing === 'running' ? simulation.status?.hosts : undefined;
  return { cluster, simulation, name, host: known && indexOf(known).get(name) };
}

const indexes = new WeakMap<readonly SimulatedHost[], ReadonlyMap<string, SimulatedHost>>();

/** Made once for what a world has told: each of a thousand hosts is looked up in it. */
function indexOf(hosts: readonly SimulatedHost[]): ReadonlyMap<string, SimulatedHost> {
  const before = indexes.get(hosts);
  if (before !== undefined) return before;
  const index = new Map(hosts.map((host) => [host.name, host]));
  indexes.set(hosts, index);
  return index;
}

export function useSimulated(id: HostId): Simulated | undefined {
  const host = useLive((model) => model.hosts.get(id));
  const clusters = useLive((model) => model.clusters);
  return host && simulatedOf(host, clusters);
}

/** Whether a world can be asked to break or mend anything, or for another time, just now. */
export function canBreak({ cluster, simulation }: Pick<Simulated, 'cluster' | 'simulation'>): Verdict {
  switch (simulation.standing) {
    case 'running':
      return allowed;
    case 'starting':
      return refused(`${cluster.name} is starting. Wait until it runs.`);
    case 'lost':
      return refused(`The simulation of ${cluster.name} does not answer. Start it again first.`);
    default:
      return simulation.standing satisfies never;
  }
}

export type Broken = 'power' | 'starting' | 'cut' | 'slowed' | 'far';

export function brokenIn(host: SimulatedHost): Broken | undefined {
  if (host.power === 'off') return 'power';
  if (host.power === 'starting') return 'starting';
  if (host.link.cut) return 'cut';
  if (host.link.slowed) return 'slowed';
  return host.distanceMs > 0 ? 'far' : undefined;
}

/** "10 Mbit/s" */
export const linkRate = (bitsPerSecond: number): string => formatLinkRate(bitsPerSecond / 8).text;

/** As `hostState`, and of a simulated host what is broken in it: the world knows at once what its console has yet to notice. */
export function shownHostState(host: Host, simulated: Simulated | undefined): ShownState {
  const known = simulated?.host;
  const broken = known && brokenIn(known);
  const usual = hostState(host);
  if (known === undefined || broken === undefined) return usual;
  switch (broken) {
    case 'power':
      return { shape: 'inactive', word: 'Power off', detail: 'its power is cut in the simulation' };
    case 'starting':
      return { shape: 'moving', word: 'Switching on', detail: 'it boots; then its libvirt answers' };
    case 'cut':
      return { shape: 'failed', word: 'Link cut', detail: 'its link is cut in the simulation' };
    case 'slowed': {
      const rate = linkRate(known.link.rateBitsPerSecond);
      if (host.connection.state !== 'connected') return usual;
      return {
        shape: 'attention',
        word: `Link at ${rate}`,
        detail: `connected; its link is slowed to ${rate}`,
      };
    }
    case 'far': {
      if (host.connection.state !== 'connected') return usual;
      const away = `${known.distanceMs} ms away`;
      return {
        shape: 'attention',
        word: away,
        detail: `connected; every word to or from it takes ${known.distanceMs} ms`,
      };
    }
    default:
      return broken satisfies never;
  }
}
