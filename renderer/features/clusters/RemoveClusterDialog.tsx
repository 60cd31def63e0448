import { useLocation } from 'wouter';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import { hasEnded } from '#shared/model/task.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { clusterLabel, useScope } from '../inventory.ts';
import { StillWorking } from '../tasks/StillWorking.tsx';

/** Removing a whole cluster, with what that loses: of a simulated one everything, of a real one nothing. */
export function RemoveClusterDialog({
  cluster,
  onClose,
}: {
  readonly cluster: PhysicalCluster;
  readonly onClose: () => void;
}) {
  const client = useClient();
  const [, navigate] = useLocation();
  const hosts = useLive((model) => model.hosts);
  const vms = useLive((model) => model.vms);
  const tasks = useLive((model) => model.tasks);
  const hostCount = [...hosts.values()].filter((host) => host.clusterId === cluster.id).length;
  const ofCluster = [...vms.values()].filter((vm) => vm.clusterId === cluster.id);
  const active = ofCluster.filter((vm) => vm.state === 'active').length;
  const busy = [...tasks.values()].filter(
    (task) => task.subject.clusterId === cluster.id && !hasEnded(task.state),
  );
  const remove = useOrder(async () => {
    await client.clusters.remove({ clusterId: cluster.id });
    useScope.setState({ cluster: undefined });
    navigate('/overview');
    onClose();
  });
  return (
    <FormDialog
      title={`Remove ${clusterLabel(cluster)}?`}
      verb={`Remove ${cluster.name}`}
      pendingVerb="Removing…"
      pending={remove.pending}
      destructive
      onClose={onClose}
      onGive={() => void remove.run(undefined)}
    >
      <p>
        <strong>{cluster.name}</strong> has {formatCount(hostCount, 'host')} and{' '}
        {formatCount(ofCluster.length, 'VM')}
        {active > 0 ? `, ${active} of them running` : ''}.
      </p>
      {cluster.simulated ? (
        <p>
          Its simulation ends, and all that happened in it is lost. One that another console made runs on
          there and is only forgotten here. No real host is touched. What Drover did in it stays in Activity.
        </p>
      ) : (
        <p>
          Drover forgets its hosts. Nothing changes on them: their VMs run on, and you can add them again at
          any time.
        </p>
      )}
      {(cluster.simulation?.status?.consoles ?? 1) > 1 && (
        <p>Another console is connected to this simulation just now.</p>
      )}
      <StillWorking tasks={busy} />
      {remove.error !== undefined && <ErrorNotice error={remove.error} />}
    </FormDialog>
  );
}
