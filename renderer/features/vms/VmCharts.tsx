import type { Vm } from '#shared/model/vm.ts';
import { useVmSeries } from '../../transport/hooks.ts';
import { lastMeasured } from '../../ui/chartData.ts';
import { Section } from '../../ui/DetailPane.tsx';
import { LoadCharts } from '../../ui/LoadCharts.tsx';
import { scales } from '../../ui/scales.ts';
import { TimeChart } from '../../ui/TimeChart.tsx';
import { loadTitle, timeAxisOf } from '../../ui/timeAxis.ts';
import styles from './VmPane.module.css';

const height = 96;

/** The last minutes of one VM, four small charts that share their crosshair. */
export function VmCharts({ vm }: { readonly vm: Vm }) {
  const series = useVmSeries(vm.id);
  if (vm.state === 'inactive' || vm.state === 'suspended') return null;
  if (series === undefined || lastMeasured(series.points(0)) === undefined) {
    return (
      <Section title="Load">
        <p className={styles.quiet}>
          Nothing was measured. Charts appear with the next measurement of {vm.name}.
        </p>
      </Section>
    );
  }
  const common = { ...timeAxisOf(series), group: vm.id, height };
  return (
    <Section title={loadTitle(series)}>
      <LoadCharts
        series={series}
        group={vm.id}
        height={height}
        cpuTitle="CPU, share of its own vCPUs"
        memoryMiB={vm.memoryMiB}
      />
      <TimeChart
        {...common}
        title="Disk"
        scale={scales.rate}
        lines={[
          { key: 'read', name: 'read', colour: 'var(--series-sent)', points: series.points(2) },
          { key: 'write', name: 'written', colour: 'var(--series-dirtied)', points: series.points(3) },
        ]}
      />
      <TimeChart
        {...common}
        title="Network"
        scale={scales.linkRate}
        lines={[
          { key: 'in', name: 'received', colour: 'var(--series-sent)', points: series.points(4) },
          { key: 'out', name: 'sent', colour: 'var(--series-dirtied)', points: series.points(5) },
        ]}
      />
    </Section>
  );
}
