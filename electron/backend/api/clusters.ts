import { api } from './implementer.ts';
import type { Services } from './services.ts';

const notBuilt = (): never => {
  throw new Error('not built on this branch');
};

/** Clusters as such: simulated ones come and go whole. */
export function clusterHandlers(_services: Services) {
  return {
    addSimulated: api.clusters.addSimulated.handler(notBuilt),
    remove: api.clusters.remove.handler(notBuilt),
    setClock: api.clusters.setClock.handler(notBuilt),
    step: api.clusters.step.handler(notBuilt),
    fault: api.clusters.fault.handler(notBuilt),
    revive: api.clusters.revive.handler(notBuilt),
  };
}
