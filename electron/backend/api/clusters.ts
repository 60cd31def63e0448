import { refuseWhileBusy } from './busy.ts';
import { api } from './implementer.ts';
import type { Services } from './services.ts';

/** Clusters as such: simulated ones come and go whole. */
export function clusterHandlers(services: Services) {
  const { registry, simulated } = services;
  return {
    addSimulated: api.clusters.addSimulated.handler(({ input }) => simulated.add(input)),
    remove: api.clusters.remove.handler(async ({ input }) => {
      const hosts = registry.definitions().filter(({ clusterId }) => clusterId === input.clusterId);
      refuseWhileBusy(
        services,
        'Remove a cluster',
        hosts.map(({ id }) => id),
      );
      await simulated.remove(input.clusterId);
      return {};
    }),
    setClock: api.clusters.setClock.handler(async ({ input: { clusterId, ...clock } }) => {
      await simulated.setClock(clusterId, clock);
      return {};
    }),
    step: api.clusters.step.handler(async ({ input }) => {
      await simulated.step(input.clusterId, input.milliseconds);
      return {};
    }),
    jump: api.clusters.jump.handler(({ input }) => simulated.jump(input.clusterId)),
    fault: api.clusters.fault.handler(async ({ input }) => {
      await simulated.fault(input.clusterId, input.fault);
      return {};
    }),
    revive: api.clusters.revive.handler(async ({ input }) => {
      await simulated.revive(input.clusterId);
      return {};
    }),
  };
}
