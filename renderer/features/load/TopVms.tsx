import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useState } from 'react';
import { Link } from 'wouter';
import { type VmMetric, vmMetrics } from '#shared/model/samples.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useDrawing, useSession } from '../../transport/hooks.ts';
import type { Point, Series } from '../../transport/series.ts';
import { type Formatted, formatCount, formatLinkRate, formatMiB, formatRate } from '../../ui/format.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { vmHref } from '../inventory.ts';
import styles from './LoadDashboard.module.css';

const mostShown = 8;

interface Ranking {
  readonly key: string;
  readonly words: string;
  /** Added up. */
  readonly metrics: readonly VmMetric[];
  /** Of a VM's own: a large VM at half its CPUs uses more of the host than a small one at all of its. */
  readonly weight: (vm: Vm) => number;
  readonly format: (value: number) => Formatted;
}

const one = () => 1;
const rankings: readonly Ranking[] = [
  {
    key: 'cpu',
    words: 'CPU',
    metrics: ['cpuShare'],
    weight: (vm) => vm.vcpus,
    format: (cores) => ({ text: `${cores.toFixed(2)} CPUs`, exact: `${cores} CPUs` }),
  },
  { key: 'memory', words: 'Memory', metrics: ['memoryUsedMiB'], weight: one, format: formatMiB },
  {
    key: 'network',
    words: 'Network',
    metrics: ['networkReceiveBytesPerSecond', 'networkSendBytesPerSecond'],
    weight: one,
    format: formatLinkRate,
  },
  {
    key: 'disk',
    words: 'Disk',
    metrics: ['diskReadBytesPerSecond', 'diskWriteBytesPerSecond'],
    weight: one,
    format: formatRate,
  },
];

interface Ranked {
  readonly vm: Vm;
  readonly series: Series;
  readonly value: number;
}

const byLoad = (one: Ranked, other: Ranked): number =>
  other.value - one.value || one.vm.name.localeCompare(other.vm.name);

/** undefined where none of the columns was measured. */
function sumOf(series: Series, columns: readonly number[]): number | undefined {
  let sum: number | undefined;
  for (const column of columns) {
    const value = series.latest(column);
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Which VMs make the load, just now: ranked, each on the scale of the first. */
export function TopVms({ vms, where }: { readonly vms: readonly Vm[]; readonly where: string }) {
  useDrawing();
  const { samples } = useSession();
  const [key, setKey] = useState('cpu');
  const ranking = rankings.find((each) => each.key === key) ?? rankings[0];
  if (ranking === undefined) return null;
  const columns = ranking.metrics.map((metric) => vmMetrics.indexOf(metric));
  let measured = 0;
  let least = Number.NEGATIVE_INFINITY;
  let shown: readonly Ranked[] = [];
  // Of ten thousand eight are shown: only what may be among them is kept.
  for (const vm of vms) {
    if (vm.state !== 'active' || !vm.current) continue;
    const series = samples.vm(vm.id);
    const sum = series && sumOf(series, columns);
    if (series === undefined || sum === undefined) continue;
    measured += 1;
    const value = sum * ranking.weight(vm);
    if (value < least) continue;
    shown = [...shown, { vm, series, value }].sort(byLoad).slice(0, mostShown);
    if (shown.length === mostShown) least = shown.at(-1)?.value ?? least;
  }
  const greatest = shown[0]?.value ?? 0;
  return (
    <section aria-label={`Load by VM of ${where}`}>
      <div className={styles.rankBar}>
        <p className={styles.heading}>
          Load by VM, now
          {measured > mostShown && ` (${mostShown} of ${formatCount(measured, 'VM')})`}
        </p>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={ranking.key}
          aria-label="Rank VMs by"
          onChange={(_event, next: string | null) => {
            if (next !== null) setKey(next);
          }}
        >
          {rankings.map((each) => (
            <ToggleButton key={each.key} value={each.key}>
              {each.words}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      {shown.length === 0 ? (
        <p className={styles.quiet}>No VM of {where} is measured just now.</p>
      ) : (
        <ol className={styles.ranks}>
          {shown.map(({ vm, series, value }) => {
            const { text, exact } = ranking.format(value);
            const points = added(columns.map((column) => series.points(column)));
            return (
              <li key={vm.id}>
                <Link href={vmHref(vm.id)}>{vm.name}</Link>
                <Sparkline points={onScale(points, greatest / ranking.weight(vm))} />
                <span className={styles.rank}>
                  <span className={styles.track}>
                    <span
                      className={styles.fill}
                      style={{ width: `${greatest > 0 ? (value / greatest) * 100 : 0}%` }}
                    />
                  </span>
                  <span className={styles.figure} title={exact}>
                    {text}
                  </span>
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

function added(columns: readonly (readonly Point[])[]): readonly Point[] {
  const [first = [], second] = columns;
  if (second === undefined) return first;
  return first.map(({ at, value }, index) => {
    const other = second[index]?.value ?? null;
    return { at, value: value === null || other === null ? null : value + other };
  });
}

const onScale = (points: readonly Point[], top: number): readonly Point[] =>
  points.map(({ at, value }) => ({ at, value: value === null || top <= 0 ? value : value / top }));
