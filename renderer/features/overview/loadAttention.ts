import type { Host } from '#shared/model/host.ts';
import { type HostMetric, hostMetrics } from '#shared/model/samples.ts';
import type { Series } from '../../transport/series.ts';
import { formatMiB, formatShare } from '../../ui/format.ts';
import { loadLimit } from '../../ui/LoadBar.tsx';
import type { AttentionItem } from './attention.ts';

/** A peak is no fault: a load is one that has lasted for so long, by the clock of the host's cluster. */
const lastsMs = 5 * 60_000;
const memoryLimit = 0.95;
/** Swap that a host took long ago may lie there for ever; what is being swapped out now slows every VM. */
const swapGrownMiB = 64;

export type SeriesOf = (host: Host) => Pick<Series, 'over'> | undefined;

/** What a host has too little of for what runs on it. Nothing is said of one that does not answer. */
export function loadItems(host: Host, seriesOf: SeriesOf): readonly AttentionItem[] {
  const series = host.connection.state === 'connected' ? seriesOf(host) : undefined;
  if (series === undefined) return [];
  const lately = (metric: HostMetric) => series.over(hostMetrics.indexOf(metric), lastsMs);
  const item = (what: string, why: string): AttentionItem => ({
    key: `load ${host.id} ${what}`,
    shape: 'attention',
    what,
    why,
    verb: { kind: 'open-host', host },
  });
  const items: AttentionItem[] = [];

  const busy = lately('cpuShare')?.mean ?? 0;
  if (busy > loadLimit)
    items.push(
      item(
        `The CPUs of ${host.name} are nearly all busy`,
        `${formatShare(busy).text} over the last 5 minutes: its VMs wait for each other.`,
      ),
    );

  const total = lately('memoryTotalMiB')?.last;
  const used = lately('memoryUsedMiB')?.mean ?? 0;
  if (total !== undefined && used > total * memoryLimit)
    items.push(
      item(
        `${host.name} has hardly any memory left`,
        `${formatMiB(used).text} of ${formatMiB(total).text} used over the last 5 minutes.`,
      ),
    );

  const swap = lately('swapUsedMiB');
  if (swap !== undefined && swap.last - swap.first >= swapGrownMiB)
    items.push(
      item(
        `${host.name} swaps memory out`,
        `${formatMiB(swap.last - swap.first).text} more than 5 minutes ago: its VMs get slower.`,
      ),
    );
  return items;
}
