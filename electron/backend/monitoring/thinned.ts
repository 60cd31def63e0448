import type { Samples } from '#shared/model/samples.ts';
import { emptyColumns } from './columns.ts';

/**
 * Of very many hosts or VMs less is kept: a page that opens is sent all of it, and older measurements are in history.
 * Of 130 hosts and 800 VMs it is all.
 */
export const mostKeptRows = { hosts: 60_000, vms: 360_000 } as const;

/** Without the hosts or VMs of so long ago that there are too many of them; oldest first. */
export function thinned(kept: readonly Samples[]): readonly Samples[] {
  let hosts = 0;
  let vms = 0;
  const all = [...kept];
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const samples = all[index];
    if (samples === undefined) continue;
    hosts += samples.hosts.hostIds.length;
    vms += samples.vms.vmIds.length;
    const isOfNoHosts = hosts > mostKeptRows.hosts && samples.hosts.hostIds.length > 0;
    const isOfNoVms = vms > mostKeptRows.vms && samples.vms.vmIds.length > 0;
    if (!isOfNoHosts && !isOfNoVms) continue;
    const empty = emptyColumns(samples.hosts.at);
    all[index] = {
      ...samples,
      hosts: isOfNoHosts ? empty.hosts : samples.hosts,
      vms: isOfNoVms ? empty.vms : samples.vms,
    };
  }
  return all;
}
