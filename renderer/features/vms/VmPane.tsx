import Button from '@mui/material/Button';
import { Link, useLocation } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ActionMenuButton } from '../../ui/ActionMenu.tsx';
import { DetailPane, Notices, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { hostState, vmState } from '../../ui/states.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useSimulated } from '../clusters/simulatedHosts.ts';
import { VmBreakage } from '../clusters/VmBreakage.tsx';
import { openDialog } from '../dialogs.ts';
import { hostHref, migrationHref, useHostName } from '../inventory.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmCharts } from './VmCharts.tsx';
import { VmCopies, VmDisks, VmNics } from './VmDevices.tsx';
import { canMigrateSomewhere, canResumeHere } from './vmVerdicts.ts';

export function VmPane({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const hosts = useLive((model) => model.hosts);
  const home = hosts.get(vm.hostId);
  const simulated = useSimulated(vm.hostId);
  const menuOf = useVmMenu();
  const { shape, word, detail } = vmState(vm);
  const resume = useOrder(() => client.vms.act({ vmId: vm.id, action: { verb: 'resume' } }));
  return (
    <DetailPane
      name={vm.name}
      state={
        <StateChip
          shape={shape}
          word={detail === undefined || vm.state === 'active' ? word : `${word}: ${detail}`}
          title={detail}
        />
      }
      onClose={onClose}
      actions={
        <>
          <Move vm={vm} />
          <ReasonedButton
            variant="outlined"
            verdict={canResumeHere(vm, hosts)}
            onClick={() => void resume.run(undefined)}
          >
            {resume.pending ? 'Resuming…' : `Resume ${vm.name}`}
          </ReasonedButton>
          <ActionMenuButton menu={menuOf(vm)} />
        </>
      }
    >
      <Notices>
        {simulated !== undefined && <VmBreakage vm={vm} simulated={simulated} />}
        {resume.error !== undefined && <ErrorNotice error={resume.error} />}
        {!vm.current && home !== undefined && (
          <WarningNotice>
            Last known: {home.name} is {hostState(home).word.toLowerCase()}, so {vm.name} may have changed
            since.
          </WarningNotice>
        )}
      </Notices>
      {vm.copies.length > 0 && <VmCopies vm={vm} />}
      <VmCharts vm={vm} />
      <Configuration vm={vm} />
      <VmDisks vm={vm} />
      <VmNics vm={vm} />
    </DetailPane>
  );
}

/** The way to a migration, or, while one runs, to that one. */
function Move({ vm }: { readonly vm: Vm }) {
  const [, navigate] = useLocation();
  const hosts = useLive((model) => model.hosts);
  const holder = useLive((model) => (vm.heldBy === undefined ? undefined : model.tasks.get(vm.heldBy)));
  if (holder?.kind === 'migration') {
    return (
      <Button variant="contained" onClick={() => navigate(migrationHref(holder.id))}>
        Watch its migration
      </Button>
    );
  }
  return (
    <ReasonedButton
      variant="contained"
      verdict={canMigrateSomewhere(vm, hosts)}
      onClick={() => openDialog({ kind: 'migrate', vmId: vm.id })}
    >
      Migrate…
    </ReasonedButton>
  );
}

function Configuration({ vm }: { readonly vm: Vm }) {
  const homeName = useHostName(vm.hostId);
  return (
    <Section title="Configuration">
      <Facts
        facts={[
          [
            'Host',
            <Link key="host" href={hostHref(vm.hostId)}>
              {homeName}
            </Link>,
          ],
          ['vCPUs', vm.vcpus],
          [
            'Memory',
            <span key="memory">
              <Quantity value={formatMiB(vm.memoryMiB)} />
              {vm.maxMemoryMiB === vm.memoryMiB ? '' : `, at most ${formatMiB(vm.maxMemoryMiB).text}`}
            </span>,
          ],
          ['Machine', `${vm.machine}, ${vm.domainType === 'kvm' ? 'KVM' : 'software emulation'}`],
          ['Defined', vm.persistent ? 'persistently' : 'only while it runs'],
          ['Starts with its host', vm.autostart ? 'yes' : 'no'],
          ['Snapshots', vm.hasSnapshots ? 'yes; it cannot be migrated with them' : 'none'],
          ['UUID', <code key="uuid">{vm.uuid}</code>],
        ]}
      />
    </Section>
  );
}
