import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { ObjectMenu } from '../../ui/ActionMenu.tsx';
import { openDialog } from '../dialogs.ts';

/** What can be done with a cluster as a whole. */
export function clusterMenu(cluster: PhysicalCluster): ObjectMenu {
  return {
    name: cluster.name,
    groups: [
      {
        key: 'cluster',
        actions: [
          {
            key: 'remove',
            words: `Remove ${cluster.name}…`,
            destructive: true,
            run: () => openDialog({ kind: 'remove-cluster', clusterId: cluster.id }),
          },
        ],
      },
    ],
  };
}
