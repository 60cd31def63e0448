import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { useVms } from '../inventory.ts';
import { hostCharts } from '../load/charts.ts';
import { LoadDashboard } from '../load/LoadDashboard.tsx';
import { TopVms } from '../load/TopVms.tsx';

/** All hosts of a cluster together: shares weighted by their CPUs, the rest added up. */
export function ClusterDashboard({ cluster }: { readonly cluster: PhysicalCluster }) {
  const vms = useVms().filter((vm) => vm.clusterId === cluster.id);
  return (
    <LoadDashboard
      subject={{ kind: 'cluster', id: cluster.id }}
      clusterId={cluster.id}
      name={cluster.name}
      charts={hostCharts}
      memoryMiB={undefined}
      isAbout={() => true}
    >
      <TopVms vms={vms} where={cluster.name} />
    </LoadDashboard>
  );
}
