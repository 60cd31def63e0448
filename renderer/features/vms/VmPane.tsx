import { useLocation } from 'wouter';
import type { Vm } from '#shared/model/vm.ts';
import { canResume } from '#shared/rules/canResume.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { DetailPane, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatMiB } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { vmState } from '../../ui/states.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { openDialog } from '../dialogs.ts';
import { useHostName, useHosts } from '../inventory.ts';

export function VmPane({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const [, navigate] = useLocation();
  const host = useHostName(vm.hostId);
  const { shape, word, detail } = vmState(vm);
  const resume = useOrder(async () => {
    const { taskId } = await client.vms.resume({ vmId: vm.id });
    navigate(`/activity/${encodeURIComponent(taskId)}`);
  });
  return (
    <DetailPane
      name={vm.name}
      state={<StateChip shape={shape} word={word} title={detail} />}
      onClose={onClose}
      actions={
        <>
          <ReasonedButton
            variant="contained"
            verdict={useMayMove(vm)}
            onClick={() => openDialog({ kind: 'migrate', vmId: vm.id })}
          >
            Migrate…
          </ReasonedButton>
          <ReasonedButton
            variant="outlined"
            verdict={useMayResume(vm)}
            onClick={() => void resume.run(undefined)}
          >
            Resume
          </ReasonedButton>
        </>
      }
    >
      {resume.error !== undefined && <ErrorNotice error={resume.error} />}
      <Section title="Machine">
        <Facts
          facts={[
            ['Host', host],
            ['vCPUs', vm.vcpus],
            ['Memory', <Quantity key="memory" value={formatMiB(vm.memoryMiB)} />],
            ['Machine type', vm.machine],
            ['Virtualisation', vm.domainType === 'kvm' ? 'KVM' : 'software emulation'],
            ['Starts with its host', vm.autostart ? 'yes' : 'no'],
            ['UUID', <code key="uuid">{vm.uuid}</code>],
          ]}
        />
      </Section>
      <Section title={`Disks (${vm.disks.length})`}>
        <Facts
          facts={vm.disks.map((disk) => [
            disk.target,
            <code key={disk.target}>
              {[disk.source ?? 'empty', ...disk.backingChain.map((layer) => `on ${layer.path}`)].join(' ')}
            </code>,
          ])}
        />
      </Section>
      <Section title={`Network (${vm.nics.length})`}>
        <Facts facts={vm.nics.map((nic) => [nic.mac, `${nic.kind} ${nic.source}`])} />
      </Section>
      {vm.copies.length > 0 && <Copies vm={vm} />}
    </DetailPane>
  );
}

function Copies({ vm }: { readonly vm: Vm }) {
  const hosts = useLive((model) => model.hosts);
  return (
    <Section title="Copies on other hosts">
      <Facts
        facts={vm.copies.map((copy) => [
          hosts.get(copy.hostId)?.name ?? copy.hostId,
          `${copy.role}, ${copy.state}`,
        ])}
      />
    </Section>
  );
}

/** Whether there is any point in opening the dialog, which asks for each host. */
function useMayMove(vm: Vm): Verdict {
  const others = useHosts().filter((host) => host.clusterId === vm.clusterId && host.id !== vm.hostId);
  if (vm.heldBy !== undefined)
    return refused(`A task is working on ${vm.name}. Wait for it, or cancel it in Activity.`);
  if (vm.state !== 'active')
    return refused(`${vm.name} is ${vm.state}; only an active VM can be migrated live.`);
  if (others.length === 0)
    return refused(`There is no other host in the cluster. Add one to move ${vm.name} to.`);
  return allowed;
}

function useMayResume(vm: Vm): Verdict {
  const hosts = useHosts().filter((host) => host.clusterId === vm.clusterId);
  const home = hosts.find((host) => host.id === vm.hostId);
  if (home === undefined) return refused(`The host of ${vm.name} was removed.`);
  const others = hosts.filter((host) => host.id !== home.id);
  const asked = others.filter((host) => host.connection.state === 'connected').map((host) => host.id);
  return canResume(vm, home, others, asked);
}
