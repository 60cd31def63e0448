import type { DomainCounters, HostCounters } from '../drivers/drivers.ts';

/** Counters with the time at which they were read, milliseconds. */
export interface Reading<T> {
  readonly at: number;
  readonly counters: T;
}

/** null: not measured, a gap; never zero. */
export interface VmRates {
  readonly cpuShare: number | null;
  readonly memoryUsedMiB: number | null;
  readonly diskReadBytesPerSecond: number | null;
  readonly diskWriteBytesPerSecond: number | null;
  readonly networkReceiveBytesPerSecond: number | null;
  readonly networkSendBytesPerSecond: number | null;
}

/** Share of all CPUs between two readings, 0 to 1; null for the first and after a restart of the counters. */
export function hostCpuShare(
  before: Reading<HostCounters> | undefined,
  now: Reading<HostCounters>,
): number | null {
  if (before === undefined) return null;
  const total = now.counters.cpuTotalNs - before.counters.cpuTotalNs;
  const busy = now.counters.cpuBusyNs - before.counters.cpuBusyNs;
  return total <= 0 || busy < 0 ? null : Math.min(1, busy / total);
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
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  const rate = (pick: (counters: DomainCounters) => number | undefined): number | null => {
    const earlier = before === undefined ? undefined : pick(before.counters);
    const later = pick(now.counters);
    if (earlier === undefined || later === undefined || later < earlier || seconds <= 0) return null;
    return (later - earlier) / seconds;
  };
  const cpuNsPerSecond = rate((counters) => counters.cpuTimeNs);
  const vcpus = now.counters.vcpus ?? knownVcpus;
  return {
    cpuShare:
      cpuNsPerSecond === null || vcpus === undefined || vcpus <= 0
        ? null
        : Math.min(1, cpuNsPerSecond / 1e9 / vcpus),
    memoryUsedMiB: now.counters.memoryUsedMiB ?? null,
    diskReadBytesPerSecond: rate((counters) => counters.diskReadBytes),
    diskWriteBytesPerSecond: rate((counters) => counters.diskWriteBytes),
    networkReceiveBytesPerSecond: rate((counters) => counters.networkReceiveBytes),
    networkSendBytesPerSecond: rate((counters) => counters.networkSendBytes),
  };
}
