import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { useId, useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useClient } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useHostName } from '../inventory.ts';
import { orderVm } from './vmOrders.ts';

const patiences = [
  [30, '30 s'],
  [60, '1 min'],
  [120, '2 min'],
  [300, '5 min'],
  [900, '15 min'],
] as const;

/** How long its guest is given, and what happens when it does not react. */
export function ShutDownDialog({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const home = useHostName(vm.hostId);
  const labelId = useId();
  const [patienceSeconds, setPatience] = useState(120);
  const [whenIgnored, setWhenIgnored] = useState<'report' | 'force-off'>('report');
  return (
    <FormDialog
      title={`Shut down ${vm.name}?`}
      verb={`Shut down ${vm.name}`}
      pendingVerb="Asking…"
      onClose={onClose}
      onGive={() => {
        void orderVm(client, vm.id, { verb: 'shut-down', patienceSeconds, whenIgnored });
        onClose();
      }}
    >
      <p>
        The guest of <strong>{vm.name}</strong> on {home} is asked by its power button, and ends its programs
        as it does at any shut-down. A guest may take its time, or ignore it.
        {vm.persistent ? '' : ` It is defined only while it runs, so ${home} forgets it afterwards.`}
      </p>
      <TextField
        select
        label="Wait at most"
        value={String(patienceSeconds)}
        onChange={(event) => setPatience(Number(event.target.value))}
        sx={{ marginTop: 1, maxWidth: 160 }}
      >
        {patiences.map(([seconds, text]) => (
          <MenuItem key={seconds} value={String(seconds)}>
            {text}
          </MenuItem>
        ))}
      </TextField>
      <div>
        <FormLabel id={labelId}>If it still runs then</FormLabel>
        <RadioGroup
          aria-labelledby={labelId}
          value={whenIgnored}
          onChange={(_event, value) => setWhenIgnored(value === 'force-off' ? 'force-off' : 'report')}
        >
          <FormControlLabel value="report" control={<Radio />} label="Leave it running and tell me" />
          <FormControlLabel
            value="force-off"
            control={<Radio />}
            label="Force it off; what it has not written to its disks is lost"
          />
        </RadioGroup>
      </div>
    </FormDialog>
  );
}
