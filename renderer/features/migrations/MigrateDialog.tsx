import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { HostId } from '#shared/model/ids.ts';
import type { MigrationOptions } from '#shared/model/migration.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useAnswer, useOrder } from '../../ui/useAsk.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { migrationHref } from '../inventory.ts';
import styles from './MigrateDialog.module.css';

const switches = [
  ['copyStorage', 'Copy the disks as well (no shared storage)'],
  ['autoConverge', 'Slow the guest down if it writes faster than can be sent'],
  ['postCopy', 'Switch over early and fetch the rest afterwards (post-copy)'],
] as const;

/** Where to, how, and the plan to read; the button gives the order. */
export function MigrateDialog({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const [, navigate] = useLocation();
  const hosts = useLive((model) => model.hosts);
  const [to, setTo] = useState<HostId>();
  const [bandwidth, setBandwidth] = useState('');
  const [downtime, setDowntime] = useState('');
  const [chosen, setChosen] = useState({ copyStorage: false, autoConverge: false, postCopy: false });
  const options: MigrationOptions = {
    ...chosen,
    ...(/^[1-9]\d*$/.test(bandwidth) ? { bandwidthMiBPerSecond: Number(bandwidth) } : {}),
    ...(/^[1-9]\d*$/.test(downtime) ? { maxDowntimeMs: Number(downtime) } : {}),
  };
  const destinations = useAnswer(JSON.stringify(options), (signal) =>
    client.migrations.destinations({ vmId: vm.id, options }, { signal }),
  );
  const plan = useAnswer(to === undefined ? undefined : JSON.stringify([to, options]), (signal) =>
    client.migrations.plan({ vmId: vm.id, toHostId: to ?? vm.hostId, options }, { signal }),
  );
  const start = useOrder(async () => {
    if (to === undefined) return;
    const { taskId } = await client.migrations.start({ request: { vmId: vm.id, toHostId: to, options } });
    onClose();
    navigate(migrationHref(taskId));
  });
  const toName = to === undefined ? 'another host' : (hosts.get(to)?.name ?? to);
  return (
    <FormDialog
      title={`Migrate ${vm.name}`}
      verb={`Migrate ${vm.name} to ${toName}`}
      pendingVerb="Starting…"
      width="sm"
      ready={to !== undefined && plan.value !== undefined && plan.error === undefined && !plan.pending}
      pending={start.pending}
      onClose={onClose}
      onGive={() => void start.run(undefined)}
    >
      <RadioGroup
        aria-label="Destination"
        value={to ?? ''}
        onChange={(_event, value) => setTo([...hosts.keys()].find((id) => id === value))}
      >
        {destinations.value?.map((each) => (
          <div key={each.hostId}>
            <FormControlLabel
              value={each.hostId}
              disabled={!each.allowed}
              control={<Radio />}
              label={hosts.get(each.hostId)?.name ?? each.hostId}
            />
            {each.reason !== undefined && <p className={styles.reason}>{each.reason}</p>}
          </div>
        ))}
      </RadioGroup>
      {destinations.error !== undefined && <ErrorNotice error={destinations.error} />}
      <div className={styles.pair}>
        <TextField
          label="Bandwidth, MiB/s"
          helperText="No cap where empty"
          value={bandwidth}
          onChange={(event) => setBandwidth(event.target.value)}
        />
        <TextField
          label="Allowed downtime, ms"
          helperText="300 ms where empty"
          value={downtime}
          onChange={(event) => setDowntime(event.target.value)}
        />
      </div>
      <div>
        {switches.map(([key, label]) => (
          <FormControlLabel
            key={key}
            control={
              <Checkbox
                checked={chosen[key]}
                onChange={(event) => setChosen({ ...chosen, [key]: event.target.checked })}
              />
            }
            label={label}
          />
        ))}
      </div>
      {plan.error !== undefined && <ErrorNotice error={plan.error} />}
      {plan.pending && to !== undefined && <p className={styles.reason}>Asking both hosts…</p>}
      {plan.value !== undefined && plan.error === undefined && <PlanToRead plan={plan.value} />}
      {start.error !== undefined && <ErrorNotice error={start.error} />}
    </FormDialog>
  );
}

function PlanToRead({ plan }: { readonly plan: Plan }) {
  return (
    <>
      <ol start={0} className={styles.steps} aria-label="The plan">
        {plan.steps.map((step) => (
          <li key={step.id}>
            <strong>{step.title}</strong>
            <span>{step.reason}</span>
          </li>
        ))}
      </ol>
      {plan.warnings.map((warning) => (
        <WarningNotice key={warning}>
          <p>{warning}</p>
        </WarningNotice>
      ))}
    </>
  );
}
