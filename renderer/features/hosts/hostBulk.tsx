import { useMemo } from 'react';
import type { Host } from '#shared/model/host.ts';
import { canReconnect } from '#shared/rules/canReconnect.ts';
import { canRemove } from '#shared/rules/canRemove.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { formatCount } from '../../ui/format.ts';
import type { BulkVerb } from '../bulk/bulkVerb.ts';
import type { VmCounts } from './hostFilter.ts';

const pace = { atOnce: 8, perLane: 1 } as const;

/**
 * What can be done with many hosts. Not declaring them dead: that is one's word on one machine, given after looking at
 * it.
 */
export function useHostBulkVerbs(counts: VmCounts): readonly BulkVerb<Host>[] {
  const client = useClient();
  const clusters = useLive((model) => model.clusters);
  return useMemo(
    () => [
      {
        id: 'reconnect',
        words: 'Reconnect',
        prominent: true,
        pace,
        judge: (hosts) => hosts.map(canReconnect),
        said: () => (
          <p>Each is tried now, with what is known of it. One that asks for a password says so below.</p>
        ),
        workOf: (host) => ({
          ...laneOf(host),
          give: () => client.hosts.reconnect({ hostId: host.id, credentials: {} }),
        }),
      },
      {
        id: 'remove',
        words: 'Remove',
        prominent: true,
        destructive: true,
        pace,
        judge: (hosts) => hosts.map((host) => canRemove(host, clusters.get(host.clusterId))),
        said: (hosts) => (
          <p>
            Drover forgets them, and no longer shows their{' '}
            {formatCount(
              hosts.reduce((sum, host) => sum + (counts.get(host.id) ?? 0), 0),
              'VM',
            )}
            . Nothing changes on the hosts themselves: their VMs run on, and they can be added again.
          </p>
        ),
        workOf: (host) => ({ ...laneOf(host), give: () => client.hosts.remove({ hostId: host.id }) }),
      },
    ],
    [client, clusters, counts],
  );
}

const laneOf = (host: Host) => ({ key: host.id, name: host.name, lane: host.id });
