import type { Host } from '../model/host.ts';
import type { PhysicalCluster } from '../model/physicalCluster.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** A simulated cluster comes and goes whole. */
export function canRemove(host: Host, cluster: PhysicalCluster | undefined): Verdict {
  if (cluster?.simulated !== true) return allowed;
  return refused(
    `${host.name} is a part of ${cluster.name} (simulated) and goes with it. Remove the cluster on its overview.`,
  );
}
