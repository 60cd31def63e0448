import type { Series } from '../transport/series.ts';
import { scales } from './scales.ts';
import { TimeChart } from './TimeChart.tsx';
import { timeAxisOf } from './timeAxis.ts';

/** CPU and memory of a host or a VM: the columns that both begin with, drawn alike everywhere. */
export function LoadCharts({
  series,
  group,
  height,
  cpuTitle = 'CPU',
  memoryMiB,
}: {
  readonly series: Series;
  /** Charts of one group share their crosshair. */
  readonly group: string;
  readonly height?: number;
  readonly cpuTitle?: string;
  /** All there is to use; absent where nobody has said. */
  readonly memoryMiB: number | undefined;
}) {
  const common = { ...timeAxisOf(series), group, stops: false, ...(height === undefined ? {} : { height }) };
  return (
    <>
      <TimeChart
        {...common}
        title={cpuTitle}
        max={1}
        scale={scales.share}
        lines={[{ key: 'cpu', name: 'CPU', colour: 'var(--series-sent)', points: series.points(0) }]}
      />
      <TimeChart
        {...common}
        title="Memory used"
        max={memoryMiB}
        scale={scales.mebibytes}
        lines={[{ key: 'memory', name: 'Memory', colour: 'var(--series-3)', points: series.points(1) }]}
      />
    </>
  );
}
