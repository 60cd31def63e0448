import type { Host } from '#shared/model/host.ts';
import { useVms } from '../inventory.ts';
import { hostCharts } from '../load/charts.ts';
import { LoadDashboard } from '../load/LoadDashboard.tsx';
import { TopVms } from '../load/TopVms.tsx';

/** What a host does, now and in the last day, and which VMs make it. */
export function HostDashboard({ host }: { readonly host: Host }) {
  const vms = useVms().filter((vm) => vm.hostId === host.id);
  return (
    <LoadDashboard
      subject={{ kind: 'host', id: host.id }}
      clusterId={host.clusterId}
      name={host.name}
      charts={hostCharts}
      memoryMiB={host.capacity?.memoryMiB}
      isAbout={({ hostIds }) => hostIds.includes(host.id)}
    >
      <TopVms vms={vms} where={host.name} />
    </LoadDashboard>
  );
}
