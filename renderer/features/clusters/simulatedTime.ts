import type { ClusterId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { simulatedTime } from '#shared/model/simulation.ts';
import { useLive } from '../../transport/hooks.ts';
import { useNow } from '../../ui/useNow.ts';

/** What a cluster's own clock says at a moment of the wall clock; a real one's is the wall clock. */
export function clusterTime(cluster: PhysicalCluster | undefined, now: number): number {
  const simulation = cluster?.simulation;
  if (simulation === undefined) return now;
  // Nothing is known of a world that does not answer, so its clock stands where it was last read.
  if (simulation.standing !== 'running') return simulation.status?.clock.at ?? now;
  return simulatedTime(simulation, now) ?? now;
}

/** "Now" of whatever belongs to the cluster: ages of its measurements, since when its hosts are connected. */
export function useClusterNow(id: ClusterId | undefined, everyMs = 1000): number {
  const now = useNow(everyMs);
  const cluster = useLive((model) => (id === undefined ? undefined : model.clusters.get(id)));
  return clusterTime(cluster, now);
}
