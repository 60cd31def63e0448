import { describe, expect, it } from 'vitest';
import { clusterId, hostId, vmId } from '#shared/model/ids.ts';
import type { Samples } from '#shared/model/samples.ts';
import { asColumns } from './columns.ts';
import { hostRates } from './rates.ts';
import type { HostSweep } from './sampleHost.ts';
import { mostKeptRows, thinned } from './thinned.ts';

const cluster = clusterId('lab');
const host = hostRates(undefined, {
  at: 0,
  counters: { cpuBusyNs: 0, cpuTotalNs: 0, memoryUsedMiB: 1, memoryTotalMiB: 2 },
});

/** One host a sweep, whose VMs stand for very many by their ids alone. */
function sweepAt(at: number, vms: number): Samples {
  const sweep: HostSweep = { hostId: hostId('alpha'), at, host, vms: [] };
  const columns = asColumns([sweep], cluster, () => undefined, at);
  const one = vmId(cluster, 'one');
  const vmIds = Array.from({ length: vms }, () => one);
  return {
    ...columns,
    vms: { ...columns.vms, vmIds },
    clusters: { ...columns.hosts, clusterIds: [cluster], hostsMeasured: [1] },
  };
}

describe('what is kept of very many', () => {
  it('is the latest of VMs, and all of hosts and clusters, as long as these are few', () => {
    const each = mostKeptRows.vms / 3;
    const kept = thinned([1, 2, 3, 4, 5].map((at) => sweepAt(at, each)));
    expect(kept.map(({ vms }) => vms.vmIds.length)).toEqual([0, 0, each, each, each]);
    expect(kept.map(({ hosts }) => hosts.hostIds.length)).toEqual([1, 1, 1, 1, 1]);
    expect(kept.map(({ clusters }) => clusters.hostsMeasured)).toEqual([[1], [1], [1], [1], [1]]);
    expect(kept[0]?.vms.cpuShare).toEqual([]);
  });

  it('is everything of a few', () => {
    const all = [1, 2, 3].map((at) => sweepAt(at, 800));
    expect(thinned(all)).toEqual(all);
  });
});
