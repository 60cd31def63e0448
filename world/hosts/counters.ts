import type { HostState, InstanceCounters } from '../state/state.ts';

/** What is counted of each guest, in the order of its columns. */
export const guestCounters = [
  'cpuNs',
  'readyNs',
  'diskReadBytes',
  'diskWriteBytes',
  'networkReceiveBytes',
  'networkSendBytes',
] as const satisfies readonly (keyof InstanceCounters)[];

/** What is counted of each host. The last four are in the order of its guests'. */
export const hostCounters = [
  'cpuBusyNs',
  'cpuTotalNs',
  'energyJoules',
  'diskReadBytes',
  'diskWriteBytes',
  'networkReceiveBytes',
  'networkSendBytes',
] as const;

/** Where a host's columns of traffic begin, and a guest's. */
export const hostTrafficAt = hostCounters.indexOf('diskReadBytes');
export const guestTrafficAt = guestCounters.indexOf('diskReadBytes');

export function noCounters(): InstanceCounters {
  return {
    cpuNs: 0,
    readyNs: 0,
    diskReadBytes: 0,
    diskWriteBytes: 0,
    networkReceiveBytes: 0,
    networkSendBytes: 0,
  };
}

export function hostSums(host: HostState): Float64Array {
  const { traffic } = host;
  return Float64Array.of(
    host.cpuBusyNs,
    host.cpuTotalNs,
    host.energyJoules,
    traffic.diskReadBytes,
    traffic.diskWriteBytes,
    traffic.networkReceiveBytes,
    traffic.networkSendBytes,
  );
}

export function keepHostSums(host: HostState, sums: Float64Array): void {
  host.cpuBusyNs = sums[0] ?? 0;
  host.cpuTotalNs = sums[1] ?? 0;
  host.energyJoules = sums[2] ?? 0;
  host.traffic.diskReadBytes = sums[3] ?? 0;
  host.traffic.diskWriteBytes = sums[4] ?? 0;
  host.traffic.networkReceiveBytes = sums[5] ?? 0;
  host.traffic.networkSendBytes = sums[6] ?? 0;
}

/** The same of one guest, from columns that lie one after the other. */
export function keepGuestSums(
  counters: InstanceCounters,
  sums: Float64Array,
  row: number,
  rows: number,
): void {
  counters.cpuNs = sums[row] ?? 0;
  counters.readyNs = sums[row + rows] ?? 0;
  counters.diskReadBytes = sums[row + 2 * rows] ?? 0;
  counters.diskWriteBytes = sums[row + 3 * rows] ?? 0;
  counters.networkReceiveBytes = sums[row + 4 * rows] ?? 0;
  counters.networkSendBytes = sums[row + 5 * rows] ?? 0;
}
