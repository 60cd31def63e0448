import { Link } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useHostSeries } from '../../transport/hooks.ts';
import { formatCount } from '../../ui/format.ts';
import { StateChip } from '../../ui/StateChip.tsx';
import { scales } from '../../ui/scales.ts';
import { hostState } from '../../ui/states.ts';
import { TimeChart } from '../../ui/TimeChart.tsx';
import { timeAxisOf } from '../../ui/timeAxis.ts';
import { hostHref } from '../inventory.ts';
import styles from './HostCard.module.css';

const look = { group: 'overview', height: 84 };

/** One host of the small multiples: the same two charts on the same scales for each. */
export function HostCard({ host, vms }: { readonly host: Host; readonly vms: readonly Vm[] }) {
  const series = useHostSeries(host.id);
  const { shape, word, detail } = hostState(host);
  const active = vms.filter((vm) => vm.state === 'active').length;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <Link href={hostHref(host.id)} className={styles.name}>
          {host.name}
        </Link>
        <StateChip shape={shape} word={word} title={detail} />
        <span className={styles.count}>
          {formatCount(vms.length, 'VM')}, {active} active
        </span>
      </div>
      {series === undefined || series.length === 0 ? (
        <p className={styles.quiet}>Not measured yet.</p>
      ) : (
        <>
          <TimeChart
            {...timeAxisOf(series)}
            {...look}
            title="CPU"
            max={1}
            scale={scales.share}
            lines={[{ key: 'cpu', name: 'CPU', colour: 'var(--series-sent)', points: series.points(0) }]}
          />
          <TimeChart
            {...timeAxisOf(series)}
            {...look}
            title="Memory used"
            max={series.latest(2) ?? host.capacity?.memoryMiB}
            scale={scales.mebibytes}
            lines={[{ key: 'memory', name: 'Memory', colour: 'var(--series-3)', points: series.points(1) }]}
          />
        </>
      )}
    </li>
  );
}
