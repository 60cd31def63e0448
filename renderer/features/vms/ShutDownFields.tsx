import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import MenuItem from '@mui/material/MenuItem';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { useId } from 'react';
import type { VmAction } from '#shared/model/vmAction.ts';

export type ShutDown = Extract<VmAction, { readonly verb: 'shut-down' }>;

export const usualShutDown: ShutDown = { verb: 'shut-down', patienceSeconds: 120, whenIgnored: 'report' };

const patiences = [
  [30, '30 s'],
  [60, '1 min'],
  [120, '2 min'],
  [300, '5 min'],
  [900, '15 min'],
] as const;

/** How long a guest is given, and what happens when it does not react. */
export function ShutDownFields({
  value,
  onChange,
}: {
  readonly value: ShutDown;
  readonly onChange: (value: ShutDown) => void;
}) {
  const labelId = useId();
  return (
    <>
      <TextField
        select
        label="Wait at most"
        value={String(value.patienceSeconds)}
        onChange={(event) => onChange({ ...value, patienceSeconds: Number(event.target.value) })}
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
          value={value.whenIgnored}
          onChange={(_event, chosen) =>
            onChange({ ...value, whenIgnored: chosen === 'force-off' ? 'force-off' : 'report' })
          }
        >
          <FormControlLabel value="report" control={<Radio />} label="Leave it running and tell me" />
          <FormControlLabel
            value="force-off"
            control={<Radio />}
            label="Force it off; what it has not written to its disks is lost"
          />
        </RadioGroup>
      </div>
    </>
  );
}
