import { Link } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useDrawing, useSession } from '../../transport/hooks.ts';
import {
  type Formatted,
  formatCount,
  formatMiB,
  formatNumber,
  formatPart,
  notMeasured,
} from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateShape } from '../../ui/StateChip.tsx';
import { ClusterName } from '../clusters/ClusterName.tsx';
import { hostHref, useHosts, useVms } from '../inventory.ts';
import styles from './Headroom.module.css';
import { headroomOf, type Without } from './headroom.ts';

const mib = 1024 * 1024;

/**
 * What could still be started, and whether a host may fail: of each cluster by itself, for a VM moves within one only,
 * and nothing that is simulated is to be added to what is real.
 */
export function Headroom({ clusters }: { readonly clusters: readonly PhysicalCluster[] }) {
  useDrawing();
  const hosts = useHosts();
  const vms = useVms();
  const inhabited = clusters.filter(({ id }) => hosts.some(({ clusterId }) => clusterId === id));
  return (
    <div className={styles.clusters}>
      {inhabited.map((cluster) => (
        <div key={cluster.id}>
          {inhabited.length > 1 && (
            <h3 className={styles.cluster}>
              <ClusterName cluster={cluster} />
            </h3>
          )}
          <Figures
            hosts={hosts.filter(({ clusterId }) => clusterId === cluster.id)}
            vms={vms.filter(({ clusterId }) => clusterId === cluster.id)}
          />
        </div>
      ))}
    </div>
  );
}

function Figures({ hosts, vms }: { readonly hosts: readonly Host[]; readonly vms: readonly Vm[] }) {
  const { samples } = useSession();
  const room = headroomOf(hosts, vms, (host) => samples.host(host.id)?.latest(0));
  if (room === undefined) {
    return <p className={styles.unknown}>Known once a host answers.</p>;
  }
  const { largest, without } = room;
  return (
    <dl className={styles.figures}>
      <div>
        <dt>Memory left</dt>
        <dd>
          <Quantity value={formatPart(room.memoryMiB * mib, room.memoryTotalMiB * mib)} />
        </dd>
        <dd className={styles.more}>
          on {formatCount(room.hosts, 'host that answers', 'hosts that answer')}
        </dd>
      </div>
      <div>
        <dt>CPU left</dt>
        <dd>
          <Quantity value={room.cpus === undefined ? notMeasured : cpusOf(room.cpus, room.cpusTotal)} />
        </dd>
        <dd className={styles.more}>idle just now</dd>
      </div>
      {largest !== undefined && (
        <div>
          <dt>Largest VM that fits</dt>
          <dd>
            <Quantity value={formatMiB(largest.memoryMiB)} />
          </dd>
          <dd className={styles.more}>
            on <Link href={hostHref(largest.host.id)}>{largest.host.name}</Link>
          </dd>
        </div>
      )}
      {without !== undefined && <AfterLoss without={without} />}
    </dl>
  );
}

function AfterLoss({ without: { host, vms, homeless, leftMiB } }: { readonly without: Without }) {
  const fits = homeless.length === 0;
  const names = homeless.slice(0, 3).map(({ name }) => name);
  return (
    <div className={styles.wide}>
      <dt>If {host.name} failed, the host that would be missed most</dt>
      <dd className={styles.verdict}>
        <StateShape shape={fits ? 'done' : 'attention'} />
        {vms === 0
          ? 'Nothing runs there'
          : fits
            ? `${vms === 1 ? 'Its VM finds' : `All ${vms} of its VMs find`} room`
            : `${homeless.length} of its ${formatCount(vms, 'VM')} ${homeless.length === 1 ? 'finds' : 'find'} no room`}
      </dd>
      <dd className={styles.more}>
        {fits
          ? `${formatMiB(leftMiB).text} left on the others then`
          : `${names.join(', ')}${homeless.length > names.length ? ` and ${homeless.length - names.length} more` : ''}`}
      </dd>
    </div>
  );
}

const cpusOf = (cpus: number, total: number): Formatted => {
  const of = formatCount(total, 'CPU');
  return {
    text: `${cpus < 10 ? cpus.toFixed(1) : formatNumber(Math.round(cpus))} of ${of}`,
    exact: `${cpus.toFixed(3)} of ${of}`,
  };
};
