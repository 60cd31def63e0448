import type { Metric } from '#shared/model/samples.ts';
import type { ChartDefinition } from './charts.ts';
import { metricsOf } from './charts.ts';
import type { Load } from './useLoad.ts';

/** Name and unit of a column; shares are written as percent. */
const columnNames: Readonly<Record<Metric, string>> = {
  cpuShare: 'cpu_busy_percent',
  cpuWaitShare: 'cpu_iowait_percent',
  cpuStealShare: 'cpu_steal_percent',
  cpuReadyShare: 'cpu_ready_percent',
  memoryUsedMiB: 'memory_used_MiB',
  memoryTotalMiB: 'memory_total_MiB',
  memoryCachedMiB: 'memory_cached_MiB',
  memoryGivenMiB: 'memory_given_MiB',
  swapUsedMiB: 'swap_used_MiB',
  networkReceiveBytesPerSecond: 'network_received_bytes_per_s',
  networkSendBytesPerSecond: 'network_sent_bytes_per_s',
  diskReadBytesPerSecond: 'disk_read_bytes_per_s',
  diskWriteBytesPerSecond: 'disk_written_bytes_per_s',
  hostsMeasured: 'hosts_measured',
};

/**
 * What is shown, one moment a line: time in UTC (of a simulated cluster its own), a column a metric with its unit, of
 * points that stand for a while three (mean, min, max). An empty cell is a gap.
 */
export function toCsv(load: Load, charts: readonly ChartDefinition[]): string {
  const metrics = metricsOf(charts);
  const isRolled = load.stepMs > 0;
  const rows = new Map<number, string[]>();
  const width = metrics.length * (isRolled ? 3 : 1);
  for (const [column, metric] of metrics.entries()) {
    const factor = metric.endsWith('Share') ? 100 : 1;
    const cell = (value: number | null | undefined) =>
      value === null || value === undefined ? '' : String(Number((value * factor).toPrecision(7)));
    for (const { at, value, least, greatest } of load.points(metric)) {
      const row = rows.get(at) ?? Array<string>(width).fill('');
      if (isRolled) {
        row.splice(column * 3, 3, cell(value), cell(least), cell(greatest));
      } else {
        row[column] = cell(value);
      }
      rows.set(at, row);
    }
  }
  const names = metrics.flatMap((metric) => {
    const name = columnNames[metric];
    return isRolled ? [`${name}_mean`, `${name}_min`, `${name}_max`] : [name];
  });
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([at, row]) => [new Date(at).toISOString(), ...row].join(','));
  return `${[['time_utc', ...names].join(','), ...lines].join('\r\n')}\r\n`;
}
