import { z } from 'zod';
import { clusterIdSchema, hostIdSchema, vmIdSchema } from './ids.ts';

/** Some things cost a host more to tell than CPU: they are measured at every n-th sweep only (`seldomMeasured`). */
export const dearEverySweeps = 5;

/**
 * What is measured of a host, in the order of columns everywhere; new ones go to the end. Shares are of all its CPUs, 0
 * to 1: `cpuWaitShare` idle while disks are waited for (not part of `cpuShare`), `cpuStealShare` taken by a hypervisor
 * below it. `memoryCachedMiB` is buffers and caches (not part of used), `memoryGivenMiB` what its running VMs hold
 * by their balloons.
 */
export const hostMetrics = [
  'cpuShare',
  'memoryUsedMiB',
  'memoryTotalMiB',
  'cpuWaitShare',
  'cpuStealShare',
  'memoryCachedMiB',
  'memoryGivenMiB',
  'swapUsedMiB',
  'networkReceiveBytesPerSecond',
  'networkSendBytesPerSecond',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
] as const;

/** Of a VM: shares are of its own vCPUs; `cpuReadyShare` is what they waited for a CPU of the host. */
export const vmMetrics = [
  'cpuShare',
  'memoryUsedMiB',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkSendBytesPerSecond',
  'cpuReadyShare',
  'memoryGivenMiB',
] as const;

/** Of a cluster: the hosts that were measured together, sums and means weighted by CPUs; `hostsMeasured` counts them. */
export const clusterMetrics = [...hostMetrics, 'hostsMeasured'] as const;

export type HostMetric = (typeof hostMetrics)[number];
export type VmMetric = (typeof vmMetrics)[number];
export type ClusterMetric = (typeof clusterMetrics)[number];
export type Metric = ClusterMetric | VmMetric;

export const seldomOfHost: ReadonlySet<Metric> = new Set<Metric>([
  'cpuStealShare',
  'memoryGivenMiB',
  'swapUsedMiB',
  'networkReceiveBytesPerSecond',
  'networkSendBytesPerSecond',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
]);
export const seldomOfVm: ReadonlySet<Metric> = new Set<Metric>([
  'memoryUsedMiB',
  'memoryGivenMiB',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'cpuReadyShare',
]);

export interface Measured {
  readonly metrics: readonly Metric[];
  /** For each of them how many rows without a value are usual between two that have one. */
  readonly rests: readonly number[];
}

const measuredOf = (metrics: readonly Metric[], seldom: ReadonlySet<Metric>): Measured => ({
  metrics,
  rests: metrics.map((metric) => (seldom.has(metric) ? dearEverySweeps - 1 : 0)),
});

/** What is measured of each kind of subject. */
export const measured = {
  cluster: measuredOf(clusterMetrics, seldomOfHost),
  host: measuredOf(hostMetrics, seldomOfHost),
  vm: measuredOf(vmMetrics, seldomOfVm),
} satisfies Readonly<Record<'cluster' | 'host' | 'vm', Measured>>;

/** Columns of whatever kind of subject: those it has not are not there. */
export type MeasuredColumns = { readonly at: number } & Readonly<
  Partial<Record<Metric, readonly (number | null)[]>>
>;

const column = z.array(z.number().nullable()).readonly();

const hostShape = {
  cpuShare: column,
  memoryUsedMiB: column,
  memoryTotalMiB: column,
  cpuWaitShare: column,
  cpuStealShare: column,
  memoryCachedMiB: column,
  memoryGivenMiB: column,
  swapUsedMiB: column,
  networkReceiveBytesPerSecond: column,
  networkSendBytesPerSecond: column,
  diskReadBytesPerSecond: column,
  diskWriteBytesPerSecond: column,
} satisfies Record<HostMetric, typeof column>;

const vmShape = {
  cpuShare: column,
  memoryUsedMiB: column,
  diskReadBytesPerSecond: column,
  diskWriteBytesPerSecond: column,
  networkReceiveBytesPerSecond: column,
  networkSendBytesPerSecond: column,
  cpuReadyShare: column,
  memoryGivenMiB: column,
} satisfies Record<VmMetric, typeof column>;

const clusterShape = { ...hostShape, hostsMeasured: column } satisfies Record<ClusterMetric, typeof column>;

/**
 * One sweep of measurements, as columns: the n-th number of each column belongs to the n-th id. null is a gap
 * (not measured this time), never zero.
 */
export const hostSamplesSchema = z
  .object({
    /** When it was measured, by the clock of the hosts' cluster, milliseconds: a sweep is of one cluster only. */
    at: z.number(),
    hostIds: z.array(hostIdSchema).readonly(),
    ...hostShape,
  })
  .readonly();

export const vmSamplesSchema = z
  .object({ at: z.number(), vmIds: z.array(vmIdSchema).readonly(), ...vmShape })
  .readonly();

/** Of the cluster as a whole; without a row where too few of its hosts were due to say anything new. */
export const clusterSamplesSchema = z
  .object({ at: z.number(), clusterIds: z.array(clusterIdSchema).readonly(), ...clusterShape })
  .readonly();

export const samplesSchema = z
  .object({ hosts: hostSamplesSchema, vms: vmSamplesSchema, clusters: clusterSamplesSchema })
  .readonly();

export type HostSamples = z.infer<typeof hostSamplesSchema>;
export type VmSamples = z.infer<typeof vmSamplesSchema>;
export type ClusterSamples = z.infer<typeof clusterSamplesSchema>;
export type Samples = z.infer<typeof samplesSchema>;
