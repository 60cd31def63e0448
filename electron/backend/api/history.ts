import type { Event } from '#shared/model/event.ts';
import type { HistoryColumns, HistoryRequest, HistorySubject } from '#shared/model/history.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import type { Services } from './services.ts';

/** Up to now by the cluster's clock, unless it is said otherwise: of a VM that stopped hours ago the end is empty. */
export function loadHistory(services: Services, request: HistoryRequest): HistoryColumns {
  const cluster = clusterOf(services, request.subject);
  const now = cluster === undefined ? undefined : services.monitoring.now(cluster);
  const to = request.to ?? now;
  return services.history.read(to === undefined ? request : { ...request, to });
}

export function loadEvents(
  { monitoring, recorder, clock }: Services,
  asked: { readonly clusterId: ClusterId; readonly spanMs: number; readonly limit: number },
): { readonly now: number; readonly events: readonly Event[] } {
  const now = monitoring.now(asked.clusterId) ?? clock.now();
  return { now, events: recorder.kept().ofCluster(asked.clusterId, now - asked.spanMs, now, asked.limit) };
}

function clusterOf({ inventory }: Services, subject: HistorySubject): ClusterId | undefined {
  switch (subject.kind) {
    case 'cluster':
      return subject.id;
    case 'host':
      return inventory.host(subject.id)?.clusterId;
    case 'vm':
      return inventory.vm(subject.id)?.clusterId;
    default:
      return subject satisfies never;
  }
}
