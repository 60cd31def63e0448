import { useRef } from 'react';
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

/** What the cluster's clock shows. */
export function useClusterNow(id: ClusterId, everyMs: number): number {
  const now = useNow(everyMs);
  const cluster = useLive((model) => model.clusters.get(id));
  const isLive = useLive((model) => model.freshness === 'live');
  const last = useRef<number>(undefined);
  const simulation = cluster?.simulation;
  // A clock that is no longer heard of stands where it was last shown, instead of jumping back to its last reading.
  if (
    simulation !== undefined &&
    last.current !== undefined &&
    (simulation.standing !== 'running' || !isLive)
  )
    return last.current;
  last.current = clusterTime(cluster, now);
  return last.current;
}
