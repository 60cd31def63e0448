import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { Host } from '#shared/model/host.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useClient } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useOrder } from '../../ui/useAsk.ts';
import { linkRate, useSimulated } from './simulatedHosts.ts';

const megabit = 1_000_000;
const [least, most] = [0.1, 100_000];

/** How fast the link of a simulated host is to be, as a number. */
export function SlowLinkDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const client = useClient();
  const simulated = useSimulated(host.id);
  const [text, setText] = useState('');
  const now = simulated?.host?.link.rateBitsPerSecond;
  const rate = Number(text.trim());
  const readable = text.trim() !== '' && rate >= least && rate <= most;
  const slow = useOrder(async () => {
    if (simulated === undefined) return;
    await client.clusters.fault({
      clusterId: host.clusterId,
      fault: { kind: 'slow-link', host: simulated.name, rateBitsPerSecond: Math.round(rate * megabit) },
    });
    onClose();
  });
  return (
    <FormDialog
      title={`Slow the link of ${host.name}`}
      verb={readable ? `Slow it to ${linkRate(rate * megabit)}` : 'Slow it'}
      pendingVerb="Slowing…"
      pending={slow.pending}
      verdict={readable ? allowed : refused('Write a rate first.')}
      onClose={onClose}
      onGive={() => void slow.run(undefined)}
    >
      <p>
        {now === undefined ? '' : `It carries ${linkRate(now)} each way now. `}
        Migrations share it with everything else that {host.name} sends and receives.
      </p>
      <TextField
        label="Rate"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={text.trim() !== '' && !readable}
        helperText={
          text.trim() === '' || readable
            ? 'Each way. Mending the link takes it back.'
            : `Write a number from ${least} to ${most.toLocaleString('en')} Mbit/s.`
        }
        slotProps={{
          htmlInput: { inputMode: 'decimal', spellCheck: false },
          input: { endAdornment: <InputAdornment position="end">Mbit/s</InputAdornment> },
        }}
      />
      {slow.error !== undefined && <ErrorNotice error={slow.error} />}
    </FormDialog>
  );
}
