import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, useState } from 'react';
import { useLocation } from 'wouter';
import type { HostId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatMiB } from '../../ui/format.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { useAnswer, useOrder } from '../../ui/useAsk.ts';
import { useSettled } from '../../ui/useSettled.ts';
import { migrationHref, useHostName } from '../inventory.ts';
import { DestinationList } from './DestinationList.tsx';
import styles from './MigrateDialog.module.css';
import { MigrationOptionFields } from './MigrationOptionFields.tsx';
import { emptyForm, type MigrationForm, readForm } from './migrationForm.ts';
import { PlanReading } from './PlanReading.tsx';
import { roomiest } from './roomiest.ts';

/** Where to, how, and what will happen, side by side: the plan is read before the order is given. */
export function MigrateDialog({
  vm,
  to,
  onClose,
}: {
  readonly vm: Vm;
  /** Chosen beforehand, where it can take the VM. */
  readonly to?: HostId | undefined;
  readonly onClose: () => void;
}) {
  const titleId = useId();
  const client = useClient();
  const [, navigate] = useLocation();
  const hosts = useLive((model) => model.hosts);
  const home = useHostName(vm.hostId);
  const [form, setForm] = useState<MigrationForm>(emptyForm);
  const [chosen, setChosen] = useState(to);
  const settled = useSettled(form, 300);
  const read = readForm(settled);
  const { options } = read;

  const destinations = useAnswer(options && JSON.stringify([vm.id, options]), async (signal) => {
    const list =
      options === undefined ? [] : await client.migrations.destinations({ vmId: vm.id, options }, { signal });
    return { list, proposed: roomiest(list, hosts) };
  });
  const list = destinations.value?.list ?? [];
  // A host is chosen beforehand, so that the usual migration takes two clicks.
  const mayTake = list.some((each) => each.allowed && each.hostId === chosen);
  const toHostId = mayTake ? chosen : destinations.value?.proposed;
  const request =
    toHostId === undefined || options === undefined ? undefined : { vmId: vm.id, toHostId, options };
  const question = request && JSON.stringify(request);
  const plan = useAnswer(question, async (signal) => {
    if (request === undefined) throw new Error('a plan without a request');
    return await client.migrations.plan(request, { signal });
  });
  const key = useOrderKey(question);
  const start = useOrder(async () => {
    if (request === undefined) return;
    const { taskId } = await client.migrations.start({ request, idempotencyKey: key });
    onClose();
    navigate(migrationHref(taskId));
  });
  const toName = toHostId === undefined ? undefined : hosts.get(toHostId)?.name;
  // Only what the plan beside it was made for is ordered: neither less nor other than what was typed last.
  const verdict = orderVerdict({
    unreadable: options === undefined,
    looking: destinations.pending,
    nowhere: toHostId === undefined,
    planning: plan.pending || settled !== form,
    refusal: plan.error?.message,
    starting: start.pending,
    vmName: vm.name,
  });

  return (
    <Dialog
      open
      onClose={onClose}
      maxWidth={false}
      fullWidth
      aria-labelledby={titleId}
      slotProps={{ paper: { sx: { maxWidth: 920, height: 'min(720px, calc(100% - 32px))' } } }}
    >
      <DialogTitle id={titleId} sx={{ fontSize: 16, fontWeight: 600, padding: '16px 20px 4px' }}>
        Migrate {vm.name}
      </DialogTitle>
      <p className={styles.subject}>
        Runs on {home} with {vm.vcpus === 1 ? '1 vCPU' : `${vm.vcpus} vCPUs`} and{' '}
        {formatMiB(vm.memoryMiB).text}. It keeps running while it moves.
      </p>
      <DialogContent
        sx={{ padding: 0, borderTop: '1px solid var(--line)', overflow: 'hidden' }}
        className={styles.columns}
      >
        <div className={styles.column}>
          <DestinationList
            destinations={list}
            hosts={hosts}
            chosen={toHostId}
            pending={destinations.pending && destinations.value === undefined}
            onChoose={setChosen}
            fromName={home}
          />
          {destinations.error !== undefined && <ErrorNotice error={destinations.error} />}
          <MigrationOptionFields form={form} read={readForm(form)} onChange={setForm} vmName={vm.name} />
        </div>
        <section
          className={styles.column}
          // It may be longer than the dialog, and then the keyboard must reach it to scroll.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label="What Drover will do"
          aria-busy={plan.pending}
        >
          <PlanReading
            plan={plan.value}
            pending={plan.pending}
            error={plan.error}
            waiting={toHostId === undefined}
          />
          {plan.error?.code === 'storage-not-shared' && (
            <div>
              <Button
                variant="outlined"
                onClick={() => setForm({ ...form, copyStorage: true, postCopy: false })}
              >
                Copy the disks as well
              </Button>
            </div>
          )}
        </section>
      </DialogContent>
      {start.error !== undefined && (
        <div className={styles.startError}>
          <ErrorNotice error={start.error} />
        </div>
      )}
      <DialogActions sx={{ padding: '12px 20px', borderTop: '1px solid var(--line)' }}>
        <Button onClick={onClose}>Cancel</Button>
        <ReasonedButton variant="contained" verdict={verdict} onClick={() => void start.run(undefined)}>
          {start.pending
            ? 'Starting…'
            : toName === undefined
              ? `Migrate ${vm.name}`
              : `Migrate ${vm.name} to ${toName}`}
        </ReasonedButton>
      </DialogActions>
    </Dialog>
  );
}

/** Why the order cannot be given just now. */
function orderVerdict(now: {
  readonly unreadable: boolean;
  readonly looking: boolean;
  readonly nowhere: boolean;
  readonly planning: boolean;
  readonly refusal: string | undefined;
  readonly starting: boolean;
  readonly vmName: string;
}): Verdict {
  if (now.starting) return refused('The order is being given.');
  if (now.unreadable) return refused('One of the options cannot be read; it says how to write it.');
  if (now.looking) return refused(`Drover is looking which hosts can take ${now.vmName}.`);
  if (now.nowhere) return refused(`No host can take ${now.vmName}; each says why.`);
  if (now.planning) return refused('The plan is being made.');
  return now.refusal === undefined ? allowed : refused(now.refusal);
}

/** One key for one order as shown: pressing twice, or again after a lost answer, never migrates twice. */
function useOrderKey(question: string | undefined): string {
  const [keys] = useState(() => new Map<string | undefined, string>());
  const known = keys.get(question);
  if (known !== undefined) return known;
  const fresh = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  keys.set(question, fresh);
  return fresh;
}
