import Button from '@mui/material/Button';
import type { Task } from '#shared/model/task.ts';
import { useLive } from '../../transport/hooks.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { openDialog } from '../dialogs.ts';

/** What "undecided" means for the VM, and the ways out of it; what is known is the task's outcome, said above it. */
export function UndecidedNotice({ task }: { readonly task: Task }) {
  const hosts = useLive((model) => model.hosts);
  const silent = task.subject.hostIds
    .map((id) => hosts.get(id))
    .filter((host) => host !== undefined)
    .filter((host) => host.connection.state !== 'connected');
  return (
    <WarningNotice>
      {silent.length === 0 ? (
        <p>
          Every host that this task asks answers, so what is left to do is a person's. Drover looks again by
          itself, and the task ends once it is done.
        </p>
      ) : (
        <p>
          {silent.map((host) => host.name).join(' and ')} {silent.length === 1 ? 'does' : 'do'} not answer.
          Until then {task.subject.vmName ?? 'the VM'} is not started anywhere else, so that never two copies
          of it run. It resolves by itself when {silent.length === 1 ? 'that host answers' : 'they answer'}.
        </p>
      )}
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
