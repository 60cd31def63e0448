import Button from '@mui/material/Button';
import { Link } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import { useClient, useHostSeries } from '../../transport/hooks.ts';
import { DetailPane, Notices, Section } from '../../ui/DetailPane.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { formatAgo, formatMiB, formatMoment } from '../../ui/format.ts';
import { LoadCharts } from '../../ui/LoadCharts.tsx';
import { Quantity } from '../../ui/Quantity.tsx';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { hostState, vmState } from '../../ui/states.ts';
import { loadTitle } from '../../ui/timeAxis.ts';
import { useOrder } from '../../ui/useAsk.ts';
import { useNow } from '../../ui/useNow.ts';
import { openDialog } from '../dialogs.ts';
import { useClusterName, useVms, vmHref } from '../inventory.ts';
import { AddedNotice, DoctorSection } from './DoctorSection.tsx';
import styles from './HostPane.module.css';
import { canDeclareDead, canReconnect } from './hostVerdicts.ts';

export function HostPane({ host, onClose }: { readonly host: Host; readonly onClose: () => void }) {
  const now = useNow();
  const client = useClient();
  const cluster = useClusterName(host.clusterId);
  const { shape, word } = hostState(host);
  const { connection, capacity } = host;
  const takeBack = useOrder(() => client.hosts.declareDead({ hostId: host.id, dead: false }));
  return (
    <DetailPane
      name={host.name}
      state={<StateChip shape={shape} word={`${word} since ${formatMoment(connection.since, now).text}`} />}
      onClose={onClose}
      actions={
        <>
          <ReasonedButton
            variant="outlined"
            verdict={canReconnect(host)}
            onClick={() => openDialog({ kind: 'reconnect-host', hostId: host.id })}
          >
            Reconnect…
          </ReasonedButton>
          {host.declaredDead ? (
            <Button
              variant="outlined"
              disabled={takeBack.pending}
              onClick={() => void takeBack.run(undefined)}
            >
              {host.name} is not dead
            </Button>
          ) : (
            <ReasonedButton
              variant="outlined"
              color="error"
              verdict={canDeclareDead(host)}
              onClick={() => openDialog({ kind: 'declare-dead', hostId: host.id })}
            >
              Declare dead…
            </ReasonedButton>
          )}
          <Button
            variant="outlined"
            color="error"
            onClick={() => openDialog({ kind: 'remove-host', hostId: host.id })}
          >
            Remove…
          </Button>
        </>
      }
    >
      <Notices>
        <AddedNotice host={host} />
        {(connection.state === 'unreachable' || connection.state === 'needs-attention') && (
          <ErrorNotice error={connection.error}>
            {connection.state === 'unreachable' && (
              <span>Tries again by itself at {formatMoment(connection.retryAt, now).text}.</span>
            )}
          </ErrorNotice>
        )}
        {takeBack.error !== undefined && <ErrorNotice error={takeBack.error} />}
      </Notices>
      <HostCharts host={host} />
      <HostVms host={host} />
      <DoctorSection host={host} />
      <Section title="Machine">
        <Facts
          facts={[
            ['Address', <code key="address">{host.address}</code>],
            ['Cluster', cluster],
            capacity && ['Processors', `${capacity.cpus} × ${capacity.cpuModel}, ${capacity.cpuMhz} MHz`],
            capacity && ['Memory', <Quantity key="memory" value={formatMiB(capacity.memoryMiB)} />],
            capacity && ['Virtualisation', capacity.kvm ? 'KVM' : 'software emulation only, no KVM'],
            capacity && ['libvirt', capacity.libvirtVersion],
            capacity && ['QEMU', capacity.hypervisorVersion],
            capacity && ['Host name', capacity.hostname],
            host.lastSeenAt === undefined
              ? undefined
              : ['Last reconciled', <Quantity key="seen" value={formatAgo(host.lastSeenAt, now)} />],
          ]}
        />
      </Section>
    </DetailPane>
  );
}

function HostCharts({ host }: { readonly host: Host }) {
  const series = useHostSeries(host.id);
  if (series === undefined || series.length === 0) {
    return (
      <Section title="Load">
        <p className={styles.quiet}>
          Nothing has been measured yet. Charts appear with the first measurement of {host.name}.
        </p>
      </Section>
    );
  }
  return (
    <Section title={loadTitle(series)}>
      <LoadCharts series={series} group={host.id} memoryMiB={series.latest(2) ?? host.capacity?.memoryMiB} />
    </Section>
  );
}

function HostVms({ host }: { readonly host: Host }) {
  const vms = useVms().filter((vm) => vm.hostId === host.id);
  return (
    <Section title={`VMs here (${vms.length})`}>
      {vms.length === 0 ? (
        <p className={styles.quiet}>No VM is defined on {host.name}.</p>
      ) : (
        <ul className={styles.vms}>
          {vms.map((vm) => {
            const { shape, word } = vmState(vm);
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
