import { useLocation } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import { hasEnded } from '#shared/model/task.ts';
import { useClient } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { useTasks, useVms } from '../inventory.ts';
import { StillWorking } from '../tasks/StillWorking.tsx';

/** Removing a host from Drover, with what that does and does not do. */
export function RemoveHostDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const client = useClient();
  const [, navigate] = useLocation();
  const vms = useVms().filter((vm) => vm.hostId === host.id);
  const active = vms.filter((vm) => vm.state === 'active').length;
  const busy = useTasks().filter((task) => !hasEnded(task.state) && task.subject.hostIds.includes(host.id));
  const remove = useOrder(async () => {
    await client.hosts.remove({ hostId: host.id });
    navigate('/hosts');
    onClose();
  });
  return (
    <FormDialog
      title={`Remove ${host.name} from Drover?`}
      verb={`Remove ${host.name}`}
      pendingVerb="Removing…"
      pending={remove.pending}
      destructive
      onClose={onClose}
      onGive={() => void remove.run(undefined)}
    >
      <p>
        Drover forgets <strong>{host.name}</strong> (<code>{host.address}</code>) and no longer shows its{' '}
        {formatCount(vms.length, 'VM')}
        {active > 0 ? `, ${active} of them running` : ''}.
      </p>
      <p>Nothing changes on the host itself: its VMs run on, and you can add it again at any time.</p>
      <StillWorking tasks={busy} />
      {remove.error !== undefined && <ErrorNotice error={remove.error} />}
    </FormDialog>
  );
}
