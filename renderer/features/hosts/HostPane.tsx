import { Link } from 'wouter';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import { allowed } from '#shared/rules/verdict.ts';
import { ActionMenuButton } from '../../ui/ActionMenu.tsx';
import { DetailPane, Notices, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatAgo, formatMiB, formatMoment } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { useNow } from '../../ui/useNow.ts';
import { useKeptView } from '../../ui/useViewState.ts';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { HostBreakage } from '../clusters/HostBreakage.tsx';
import {
  brokenIn,
  linkRate,
  type Simulated,
  shownHostState,
  useSimulated,
} from '../clusters/simulatedHosts.ts';
import { hostPageHref, useCluster, useVms, vmHref } from '../inventory.ts';
import { useVmState } from '../vms/vmWork.ts';
import { AddedNotice, DoctorSection } from './DoctorSection.tsx';
import { HostDashboard } from './HostDashboard.tsx';
import styles from './HostPane.module.css';
import { useHostMenu } from './useHostMenu.ts';

export function HostPane({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const keptView = useKeptView();
  return (
    <DetailPane
      name={host.name}
      state={<HostStateNow host={host} />}
      pageHref={keptView(hostPageHref(host.id))}
      onClose={onClose}
      actions={<HostVerbs host={host} />}
    >
      <HostSections host={host} />
    </DetailPane>
  );
}

export function HostStateNow({ host }: { readonly host: Host }) {
  const now = useNow();
  const simulated = useSimulated(host.id);
  const { shape, word } = shownHostState(host, simulated);
  const since = formatMoment(host.connection.since, now).text;
  return <StateChip shape={shape} word={simulated === undefined ? `${word} since ${since}` : word} />;
}

/** The first of its menu's groups as buttons; what else there is, of a simulated host, stays in the menu. */
export function HostVerbs({ host }: { readonly host: Host }) {
  const menu = useHostMenu()(host);
  const [verbs, ...rest] = menu.groups;
  return (
    <>
      {verbs?.actions.map(({ key, words, verdict = allowed, destructive = false, run }) => (
        <ReasonedButton
          key={key}
          variant="outlined"
          color={destructive ? 'error' : 'primary'}
          verdict={verdict}
          onClick={run}
        >
          {words}
        </ReasonedButton>
      ))}
      {rest.length > 0 && <ActionMenuButton menu={menu} />}
    </>
  );
}

/** Everything there is to know of a host, beside the list or on a page of its own. */
export function HostSections({ host }: { readonly host: Host }) {
  const now = useNow();
  const cluster = useCluster(host.clusterId);
  const simulated = useSimulated(host.id);
  const { connection, capacity } = host;
  const trouble = troubleOf(host, simulated);
  return (
    <>
      <Notices>
        <AddedNotice host={host} />
        {simulated !== undefined && <HostBreakage host={host} simulated={simulated} />}
        {trouble !== undefined && (
          <ErrorNotice error={trouble}>
            {connection.state === 'unreachable' && simulated === undefined && (
              <span>Tries again by itself at {formatMoment(connection.retryAt, now).text}.</span>
            )}
          </ErrorNotice>
        )}
      </Notices>
      <Section title="Load">
        <HostDashboard host={host} />
      </Section>
      <HostVms host={host} />
      <DoctorSection host={host} />
      <Section title="Machine">
        <Facts
          facts={[
            ['Address', <code key="address">{host.address}</code>],
            cluster && ['Cluster', <ClusterName key="cluster" cluster={cluster} />],
            simulated?.host && ['Link', `${linkRate(simulated.host.link.rateBitsPerSecond)} each way`],
            capacity && ['Processors', `${capacity.cpus} × ${capacity.cpuModel}, ${capacity.cpuMhz} MHz`],
            capacity && ['Memory', <Quantity key="memory" value={formatMiB(capacity.memoryMiB)} />],
            capacity && ['Virtualisation', capacity.kvm ? 'KVM' : 'software emulation only, no KVM'],
            capacity && ['libvirt', capacity.libvirtVersion],
            capacity && ['QEMU', capacity.hypervisorVersion],
            capacity && ['Host name', capacity.hostname],
            host.lastSeenAt === undefined
              ? undefined
              : ['Last asked', <Quantity key="seen" value={formatAgo(host.lastSeenAt, now)} />],
          ]}
        />
      </Section>
    </>
  );
}

/** Why it does not answer, unless that was done to it on purpose and is said above. */
function troubleOf({ connection }: Host, simulated: Simulated | undefined): ErrorData | undefined {
  if (connection.state !== 'unreachable' && connection.state !== 'needs-attention') return undefined;
  const broken = simulated?.host && brokenIn(simulated.host);
  return broken === undefined || broken === 'slowed' || broken === 'far' ? connection.error : undefined;
}

function HostVms({ host }: { readonly host: Host }) {
  const vms = useVms().filter((vm) => vm.hostId === host.id);
  const stateOf = useVmState();
  return (
    <Section title={`VMs here (${vms.length})`}>
      {vms.length === 0 ? (
        <p className={styles.quiet}>No VM is defined on {host.name}.</p>
      ) : (
        <ul className={styles.vms}>
          {vms.map((vm) => {
            const { shape, word } = stateOf(vm);
            return (
              <li key={vm.id}>
                <Link href={vmHref(vm.id)}>{vm.name}</Link>
                <StateChip shape={shape} word={word} />
                <Quantity value={formatMiB(vm.memoryMiB)} className={styles.quiet} />
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
