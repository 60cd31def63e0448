import { Link } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useDrawing, useSession } from '../../transport/hooks.ts';
import { ActionMenuButton, ContextMenuArea } from '../../ui/ActionMenu.tsx';
import { formatCount } from '../../ui/format.ts';
import { LoadCharts } from '../../ui/LoadCharts.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { useInView } from '../../ui/useInView.ts';
import { shownHostState, useSimulated } from '../clusters/simulatedHosts.ts';
import { useHostMenu } from '../hosts/useHostMenu.ts';
import { hostHref } from '../inventory.ts';
import styles from './HostCard.module.css';

/** One host of the small multiples: the same two charts on the same scales for each. */
export function HostCard({ host, vms }: { readonly host: Host; readonly vms: readonly Vm[] }) {
  const [place, inView] = useInView<HTMLLIElement>();
  const simulated = useSimulated(host.id);
  const { shape, word, detail } = shownHostState(host, simulated);
  const known = host.connection.state === 'connected' && simulated?.host?.power !== 'off';
  const menu = useHostMenu()(host);
  const active = vms.filter((vm) => vm.state === 'active').length;
  return (
    <li ref={place}>
      <ContextMenuArea menu={menu} className={styles.card}>
        <div className={styles.head}>
          <Link href={hostHref(host.id)} className={styles.name}>
            {host.name}
          </Link>
          <StateChip shape={shape} word={word} title={detail} />
          <span className={styles.count}>
            {formatCount(vms.length, 'VM')}, {active} active{known ? '' : ' when last seen'}
          </span>
          <ActionMenuButton menu={menu} />
        </div>
        {inView ? <HostCharts host={host} /> : <div className={styles.unmeasured} />}
      </ContextMenuArea>
    </li>
  );
}

/** Of a hundred hosts only those in view are drawn anew with every sweep. */
function HostCharts({ host }: { readonly host: Host }) {
  useDrawing();
  const series = useSession().samples.host(host.id);
  if (series === undefined || series.length === 0)
    return <p className={styles.unmeasured}>Not measured yet.</p>;
  return (
    <LoadCharts
      series={series}
      group="overview"
      height={84}
      memoryMiB={series.latest(2) ?? host.capacity?.memoryMiB}
    />
  );
}
