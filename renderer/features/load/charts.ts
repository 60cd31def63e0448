import type { Metric } from '#shared/model/samples.ts';
import { type Scale, scales } from '../../ui/scales.ts';

export interface LineDefinition {
  readonly metric: Metric;
  readonly name: string;
  readonly colour: string;
  /** Not drawn while it is zero or not known: said in words below the title instead. */
  readonly quiet?: true;
}

export interface ChartDefinition {
  readonly key: string;
  readonly title: string;
  readonly scale: Scale;
  /** Where the axis ends: at all there is, or as `top` of the scale has it. */
  readonly max?: 1 | 'memory';
  readonly lines: readonly LineDefinition[];
}

const blue = 'var(--series-sent)';
const orange = 'var(--series-dirtied)';
const green = 'var(--series-3)';
const pink = 'var(--series-4)';

/** Two lines of one scale: what came in, and what went out. */
function pair(
  key: string,
  title: string,
  scale: Scale,
  [into, out]: readonly [Omit<LineDefinition, 'colour'>, Omit<LineDefinition, 'colour'>],
): ChartDefinition {
  return {
    key,
    title,
    scale,
    lines: [
      { ...into, colour: blue },
      { ...out, colour: orange },
    ],
  };
}

const network = pair('network', 'Network', scales.linkRate, [
  { metric: 'networkReceiveBytesPerSecond', name: 'received' },
  { metric: 'networkSendBytesPerSecond', name: 'sent' },
]);

const disks = (title: string): ChartDefinition =>
  pair('disk', title, scales.rate, [
    { metric: 'diskReadBytesPerSecond', name: 'read' },
    { metric: 'diskWriteBytesPerSecond', name: 'written' },
  ]);

export const hostCharts: readonly ChartDefinition[] = [
  {
    key: 'cpu',
    title: 'CPU',
    scale: scales.share,
    max: 1,
    lines: [
      { metric: 'cpuShare', name: 'busy', colour: blue },
      { metric: 'cpuWaitShare', name: 'waiting for disks', colour: orange, quiet: true },
      { metric: 'cpuStealShare', name: 'stolen', colour: pink, quiet: true },
    ],
  },
  {
    key: 'memory',
    title: 'Memory',
    scale: scales.mebibytes,
    max: 'memory',
    lines: [
      { metric: 'memoryUsedMiB', name: 'used', colour: blue },
      { metric: 'memoryGivenMiB', name: 'given to VMs', colour: green },
      { metric: 'memoryCachedMiB', name: 'cached', colour: orange },
      { metric: 'swapUsedMiB', name: 'swapped out', colour: pink, quiet: true },
    ],
  },
  network,
  disks('Disks'),
];

export const vmCharts: readonly ChartDefinition[] = [
  {
    key: 'cpu',
    title: 'CPU, share of its own vCPUs',
    scale: scales.share,
    max: 1,
    lines: [
      { metric: 'cpuShare', name: 'busy', colour: blue },
      { metric: 'cpuReadyShare', name: 'waiting for a CPU', colour: orange, quiet: true },
    ],
  },
  {
    key: 'memory',
    title: 'Memory',
    scale: scales.mebibytes,
    max: 'memory',
    lines: [
      { metric: 'memoryUsedMiB', name: 'used', colour: blue },
      { metric: 'memoryGivenMiB', name: 'given', colour: green },
    ],
  },
  network,
  disks('Disk'),
];

export const metricsOf = (charts: readonly ChartDefinition[]): readonly Metric[] =>
  charts.flatMap(({ lines }) => lines.map(({ metric }) => metric));
