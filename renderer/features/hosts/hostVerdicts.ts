import type { Host } from '#shared/model/host.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';

export function canReconnect(host: Host): Verdict {
  if (host.connection.state === 'connected') return refused(`${host.name} is connected already.`);
  if (host.connection.state === 'connecting') return refused(`${host.name} is being connected just now.`);
  return allowed;
}

export function canDeclareDead(host: Host): Verdict {
  if (host.connection.state === 'connected') {
    return refused(
      `${host.name} answers, so it is not dead. Only a host that does not answer can be declared dead.`,
    );
  }
  return allowed;
}

/** A simulated cluster comes and goes whole. */
export function canRemove(host: Host, cluster: PhysicalCluster | undefined): Verdict {
  if (cluster?.simulated !== true) return allowed;
  return refused(
    `${host.name} is a part of ${cluster.name} (simulated) and goes with it. Remove the cluster on its overview.`,
  );
}
