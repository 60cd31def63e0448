import Button from '@mui/material/Button';
import { Link, useLocation } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import { ActionMenuButton } from '../../ui/ActionMenu.tsx';
import { DetailPane, Notices, Section } from '../../ui/DetailPane.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { hostState } from '../../ui/states.ts';
import { useNow } from '../../ui/useNow.ts';
import { useKeptView } from '../../ui/useViewState.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { useSimulated } from '../clusters/simulatedHosts.ts';
import { VmBreakage } from '../clusters/VmBreakage.tsx';
import { consoleHref } from '../consoles/consoleAddress.ts';
import { openDialog } from '../dialogs.ts';
import { asOf } from '../hosts/heard.ts';
import { hostHref, migrationHref, useHostName, vmPageHref } from '../inventory.ts';
import { useShownVmState } from './useShownVmState.ts';
import { useVmMenu } from './useVmMenu.ts';
import { VmCharts } from './VmCharts.tsx';
import { VmCopies, VmDisks, VmNics } from './VmDevices.tsx';
import { VmNotices } from './VmNotices.tsx';
import { VmStateDiagram } from './VmStateDiagram.tsx';
import { canMigrateSomewhere } from './vmVerdicts.ts';

export function VmPane({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const keptView = useKeptView();
  return (
    <DetailPane
      name={vm.name}
      state={<VmStateNow vm={vm} />}
      pageHref={keptView(vmPageHref(vm.id))}
      onClose={onClose}
      actions={<VmVerbs vm={vm} />}
    >
      <VmSections vm={vm} />
    </DetailPane>
  );
}

export function VmStateNow({ vm }: { readonly vm: Vm }) {
  const { shape, word, detail } = useShownVmState()(vm);
  return (
    <StateChip
      shape={shape}
      word={detail === undefined || vm.state === 'active' ? word : `${word}: ${detail}`}
      title={detail}
    />
  );
}

export function VmVerbs({ vm }: { readonly vm: Vm }) {
  return (
    <>
      <Move vm={vm} />
      <Button variant="outlined" href={`#${consoleHref(vm.id, 'screen')}`}>
        Console
      </Button>
      <More vm={vm} />
    </>
  );
}

/** Everything there is to know of a VM, beside the list or on a page of its own. */
export function VmSections({ vm }: { readonly vm: Vm }) {
  const home = useLive((model) => model.hosts.get(vm.hostId));
  const simulated = useSimulated(vm.hostId);
  const now = useNow(60_000);
  return (
    <>
      <Notices>
        {simulated !== undefined && <VmBreakage vm={vm} simulated={simulated} />}
        <VmNotices vm={vm} />
        {!vm.current && home !== undefined && (
          <WarningNotice>
            {vm.name} is shown {asOf(home, now)}: {home.name} is {hostState(home).word.toLowerCase()}, and
            nothing can be done with {vm.name} until it answers.
          </WarningNotice>
        )}
      </Notices>
      <Section title="State">
        <VmStateDiagram vm={vm} />
      </Section>
      {vm.copies.length > 0 && <VmCopies vm={vm} />}
      <VmCharts vm={vm} />
      <Configuration vm={vm} />
      <VmDisks vm={vm} />
      <VmNics vm={vm} />
    </>
  );
}

/** What is not a move between states: those stand in the diagram. */
function More({ vm }: { readonly vm: Vm }) {
  return <ActionMenuButton menu={useVmMenu(['guest', 'definition'])(vm)} words="More" />;
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
          vm.guestSystem === undefined ? undefined : ['Guest system', vm.guestSystem],
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
