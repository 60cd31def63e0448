import type { HostMetric, VmMetric } from '#shared/model/samples.ts';
import type { DomainCounters, HostCounters } from '../drivers/drivers.ts';

/** Counters with the time at which they were read, milliseconds. */
export interface Reading<T> {
  readonly at: number;
  readonly counters: T;
}

/** null: not measured, a gap; never zero. */
export type VmRates = Readonly<Record<VmMetric, number | null>>;
/** What only the VMs on a host can say of it is not among them. */
export type HostRates = Readonly<Record<Exclude<HostMetric, 'memoryGivenMiB'>, number | null>>;

/**
 * Between two readings of a host. Shares are of all its CPUs, 0 to 1; null for the first and after a restart of the
 * counters, and where either reading lacks the counter.
 */
export function hostRates(before: Reading<HostCounters> | undefined, now: Reading<HostCounters>): HostRates {
  const { counters } = now;
  const rate = ratesBetween(before, now);
  const totalNs = before === undefined ? 0 : counters.cpuTotalNs - before.counters.cpuTotalNs;
  const share = (pick: (counters: HostCounters) => number | undefined): number | null => {
    const grown = difference(before, now, pick);
    return grown === null || totalNs <= 0 ? null : Math.min(1, grown / totalNs);
  };
  return {
    cpuShare: share(({ cpuBusyNs }) => cpuBusyNs),
    cpuWaitShare: share(({ cpuWaitNs }) => cpuWaitNs),
    cpuStealShare: share(({ cpuStealNs }) => cpuStealNs),
    memoryUsedMiB: counters.memoryUsedMiB,
    memoryTotalMiB: counters.memoryTotalMiB,
    memoryCachedMiB: counters.memoryCachedMiB ?? null,
    swapUsedMiB: counters.swapUsedMiB ?? null,
    networkReceiveBytesPerSecond: rate(({ networkReceiveBytes }) => networkReceiveBytes),
    networkSendBytesPerSecond: rate(({ networkSendBytes }) => networkSendBytes),
    diskReadBytesPerSecond: rate(({ diskReadBytes }) => diskReadBytes),
    diskWriteBytesPerSecond: rate(({ diskWriteBytes }) => diskWriteBytes),
  };
}

/**
 * Rates between two readings of one VM. A counter that went back (the VM was restarted or has moved) is a gap, and so
 * is what either reading lacks. CPU is the share of the VM's own vCPUs, so a gap where nobody knows how many it has.
 */
export function vmRates(
  before: Reading<DomainCounters> | undefined,
  now: Reading<DomainCounters>,
  knownVcpus: number | undefined,
): VmRates {
  const rate = ratesBetween(before, now);
  const vcpus = now.counters.vcpus ?? knownVcpus;
  const share = (nsPerSecond: number | null): number | null =>
    nsPerSecond === null || vcpus === undefined || vcpus <= 0 ? null : Math.min(1, nsPerSecond / 1e9 / vcpus);
  return {
    cpuShare: share(rate(({ cpuTimeNs }) => cpuTimeNs)),
    memoryUsedMiB: now.counters.memoryUsedMiB ?? null,
    diskReadBytesPerSecond: rate(({ diskReadBytes }) => diskReadBytes),
    diskWriteBytesPerSecond: rate(({ diskWriteBytes }) => diskWriteBytes),
    networkReceiveBytesPerSecond: rate(({ networkReceiveBytes }) => networkReceiveBytes),
    networkSendBytesPerSecond: rate(({ networkSendBytes }) => networkSendBytes),
    cpuReadyShare: share(rate(({ cpuReadyNs }) => cpuReadyNs)),
    memoryGivenMiB: now.counters.memoryGivenMiB ?? null,
  };
}

/** What these say, and where they say nothing what those do. */
export function orElse<Name extends string>(
  rates: Readonly<Record<Name, number | null>>,
  dear: Readonly<Record<Name, number | null>>,
): Readonly<Record<Name, number | null>> {
  const joined: Record<Name, number | null> = { ...rates };
  for (const name in dear) joined[name] ??= dear[name];
  return joined;
}

type Pick<T> = (counters: T) => number | undefined;

function difference<T>(before: Reading<T> | undefined, now: Reading<T>, pick: Pick<T>): number | null {
  const earlier = before === undefined ? undefined : pick(before.counters);
  const later = pick(now.counters);
  return earlier === undefined || later === undefined || later < earlier ? null : later - earlier;
}

function ratesBetween<T>(before: Reading<T> | undefined, now: Reading<T>) {
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  return (pick: Pick<T>): number | null => {
    const grown = difference(before, now, pick);
    return grown === null || seconds <= 0 ? null : grown / seconds;
  };
}
