import Button from '@mui/material/Button';
import type { Task } from '#shared/model/task.ts';
import { useLive } from '../../transport/hooks.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { openDialog } from '../dialogs.ts';

/** What "undecided" means for the VM, and the two ways out of it. */
export function UndecidedNotice({ task }: { readonly task: Task }) {
  const hosts = useLive((model) => model.hosts);
  const silent = task.subject.hostIds
    .map((id) => hosts.get(id))
    .filter((host) => host !== undefined)
    .filter((host) => host.connection.state !== 'connected');
  return (
    <WarningNotice>
      <p>
        How this ended is known only to{' '}
        {silent.length === 0 ? 'a host' : silent.map((host) => host.name).join(' and ')} that does not answer.
        Until it does, {task.subject.vmName ?? 'the VM'} is not started anywhere else, so that never two
        copies of it run. It resolves by itself when the host answers.
      </p>
      {silent.map((host) => (
        <p key={host.id} style={{ display: 'flex', gap: 8 }}>
          <Button variant="outlined" onClick={() => openDialog({ kind: 'reconnect-host', hostId: host.id })}>
            Reconnect {host.name}…
          </Button>
          <Button
            variant="outlined"
            color="error"
            onClick={() => openDialog({ kind: 'declare-dead', hostId: host.id })}
          >
            Declare {host.name} dead…
          </Button>
        </p>
      ))}
    </WarningNotice>
  );
}
