import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useState } from 'react';
import type { Host } from '#shared/model/host.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useClient } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatAgo, formatMoment } from '../../ui/format.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { useNow } from '../../ui/useNow.ts';
import { useTasks, useVms } from '../inventory.ts';

/** "It is off and stays off": the one statement Drover cannot check, so the operator makes it with the facts in view. */
export function DeclareDeadDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const client = useClient();
  const now = useNow();
  const [sure, setSure] = useState(false);
  const vms = useVms().filter((vm) => vm.hostId === host.id && vm.state !== 'inactive');
  const waiting = useTasks().filter(
    (task) => task.state === 'undecided' && task.subject.hostIds.includes(host.id),
  );
  const lastHeard = host.lastSeenAt ?? host.connection.since;
  const declare = useOrder(async () => {
    await client.hosts.declareDead({ hostId: host.id, dead: true });
    onClose();
  });
  return (
    <FormDialog
      title={`Declare ${host.name} dead?`}
      verb={`Declare ${host.name} dead`}
      pendingVerb="Declaring…"
      pending={declare.pending}
      verdict={sure ? allowed : refused('Say first that you have made sure.')}
      destructive
      onClose={onClose}
      onGive={() => void declare.run(undefined)}
    >
      <p>
        <strong>{host.name}</strong> has not answered since {formatMoment(lastHeard, now).text} (
        {formatAgo(lastHeard, now).text}). Drover cannot see whether it is off, or only cut off.
      </p>
      {vms.length > 0 && (
        <p>
          When last seen it held {vms.map((vm) => vm.name).join(', ')}. If it still runs them, and they are
          started elsewhere,
          <strong> two copies write to the same disks and corrupt them</strong>.
        </p>
      )}
      {waiting.length > 0 && <p>This lets Drover resolve: {waiting.map((task) => task.title).join('; ')}.</p>}
      <FormControlLabel
        control={<Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)} />}
        label={`I have made sure that ${host.name} is switched off and stays off`}
      />
      {declare.error !== undefined && <ErrorNotice error={declare.error} />}
    </FormDialog>
  );
}
