import type { Event } from '#shared/model/event.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { usePolled } from './usePolled.ts';

const dayMs = 24 * 3600 * 1000;
const everyMs = 5000;
const fastEveryMs = 2000;
const none: readonly Event[] = [];

/** What happened in a cluster in the last day, by its clock, oldest first; asked for again every few seconds. */
export function useClusterEvents(clusterId: ClusterId | undefined): readonly Event[] {
  const client = useClient();
  const rate = useLive((model) =>
    clusterId === undefined ? 1 : (model.clusters.get(clusterId)?.simulation?.status?.clock.rate ?? 1),
  );
  const { value } = usePolled(clusterId, rate > 1 ? fastEveryMs : everyMs, async (signal) =>
    clusterId === undefined
      ? { now: 0, events: [] }
      : await client.history.events({ clusterId, spanMs: dayMs }, { signal }),
  );
  return value?.events ?? none;
}

/** What went wrong is a tick of another shape. */
export const toneOf = ({ kind }: Event): 'plain' | 'bad' =>
  kind === 'host-lost' || kind === 'task-failed' ? 'bad' : 'plain';
