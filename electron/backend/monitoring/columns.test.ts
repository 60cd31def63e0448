import { describe, expect, it } from 'vitest';
import { clusterId, hostId } from '#shared/model/ids.ts';
import { asColumns, ClusterSums } from './columns.ts';
import type { HostSweep } from './sampleHost.ts';

const cluster = clusterId('lab');
const [alpha, beta] = [hostId('alpha'), hostId('beta')];
const cpus = (id: string) => (id === 'alpha' ? 12 : 4);
const everyMs = 2000;

function swept(id: typeof alpha, at: number, host: Partial<HostSweep['host']>): HostSweep {
  return {
    hostId: id,
    at,
    host: {
      cpuShare: null,
      memoryUsedMiB: null,
      memoryTotalMiB: null,
      cpuWaitShare: null,
      cpuStealShare: null,
      memoryCachedMiB: null,
      swapUsedMiB: null,
      networkReceiveBytesPerSecond: null,
      networkSendBytesPerSecond: null,
      diskReadBytesPerSecond: null,
      diskWriteBytesPerSecond: null,
      ...host,
    },
    vms: [],
  };
}

const vm = (uuid: string, memoryGivenMiB: number | null) => ({
  uuid,
  cpuShare: null,
  memoryUsedMiB: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkReceiveBytesPerSecond: null,
  networkSendBytesPerSecond: null,
  cpuReadyShare: null,
  memoryGivenMiB,
});

describe('what a host gives its VMs', () => {
  it.each([
    ['nothing without a VM', [], 0],
    ['their sum', [vm('a', 100), vm('b', 28)], 128],
    ['what those say that were not busy', [vm('a', 100), vm('b', null)], 100],
    ['not known where none says it', [vm('a', null)], null],
  ])('is %s', (_what, vms, given) => {
    const { hosts } = asColumns([{ ...swept(alpha, 0, {}), vms }], cluster, () => undefined, 0);
    expect(hosts.memoryGivenMiB).toEqual([given]);
  });
});

describe('a cluster as a whole', () => {
  const add = (sums: ClusterSums, at: number, ...sweeps: readonly HostSweep[]) => {
    const { hosts } = asColumns(sweeps, cluster, () => undefined, at);
    return sums.add(hosts, cpus, everyMs);
  };

  it('weighs shares by CPUs, adds up the rest, and takes hosts that are swept at other times along', () => {
    const sums = new ClusterSums(cluster);
    add(sums, 0, swept(alpha, 0, { cpuShare: 0.5, memoryUsedMiB: 100 }));
    const early = add(sums, 900, swept(beta, 900, { cpuShare: 1, memoryUsedMiB: 10 }));
    expect(early.clusterIds).toEqual([]);
    const row = add(sums, 2000, swept(alpha, 2000, { cpuShare: 0.5, memoryUsedMiB: 100 }));
    expect(row).toMatchObject({ clusterIds: [cluster], memoryUsedMiB: [110], hostsMeasured: [2] });
    expect(row.cpuShare[0]).toBeCloseTo((12 * 0.5 + 4) / 16);
  });

  it('lets what is measured seldom stand, and counts a silent host no longer', () => {
    const sums = new ClusterSums(cluster);
    add(sums, 0, swept(alpha, 0, { networkSendBytesPerSecond: 7 }), swept(beta, 0, { memoryUsedMiB: 10 }));
    const soon = add(sums, 2000, swept(alpha, 2000, { memoryUsedMiB: 100 }));
    expect(soon).toMatchObject({ networkSendBytesPerSecond: [7], memoryUsedMiB: [110], hostsMeasured: [2] });
    const later = add(sums, 10_000, swept(alpha, 10_000, { memoryUsedMiB: 100 }));
    expect(later).toMatchObject({ memoryUsedMiB: [100], hostsMeasured: [1] });
    expect(later.networkSendBytesPerSecond).toEqual([7]);
  });

  it('begins anew after a clock that was set back', () => {
    const sums = new ClusterSums(cluster);
    add(sums, 3_600_000, swept(alpha, 3_600_000, { memoryUsedMiB: 100 }));
    expect(add(sums, 0, swept(alpha, 0, { memoryUsedMiB: 90 }))).toMatchObject({ memoryUsedMiB: [90] });
  });
});
