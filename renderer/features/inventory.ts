import { useMemo } from 'react';
import { create } from 'zustand';
import { byName } from '#shared/model/byName.ts';
import type { Host } from '#shared/model/host.ts';
import type { ClusterId, HostId, VmId } from '#shared/model/ids.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../transport/hooks.ts';

/** The cluster the operator chose to look at; undefined is all of them. */
export const useScope = create<{ readonly cluster: ClusterId | undefined }>()(() => ({ cluster: undefined }));

/** What the pages show: the cluster that was chosen, as long as it exists. */
export function useScopeId(): ClusterId | undefined {
  const chosen = useScope((scope) => scope.cluster);
  return useLive((model) => (chosen !== undefined && model.clusters.has(chosen) ? chosen : undefined));
}

export function useClusters(): readonly PhysicalCluster[] {
  const clusters = useLive((model) => model.clusters);
  return useMemo(() => byName(clusters.values()), [clusters]);
}

export function useCluster(id: ClusterId): PhysicalCluster | undefined {
  return useLive((model) => model.clusters.get(id));
}

/** Those that the pages show: the chosen one, or all. */
export function useShownClusters(): readonly PhysicalCluster[] {
  const clusters = useClusters();
  const chosen = useScopeId();
  return useMemo(
    () => clusters.filter((cluster) => chosen === undefined || cluster.id === chosen),
    [clusters, chosen],
  );
}

/** The one cluster that the pages show, where it is one. */
export function useShownCluster(): PhysicalCluster | undefined {
  const shown = useShownClusters();
  return shown.length === 1 ? shown[0] : undefined;
}

/** Simulated things say so wherever their name is text. */
export const clusterLabel = (cluster: Pick<PhysicalCluster, 'name' | 'simulated'>): string =>
  cluster.simulated ? `${cluster.name} (simulated)` : cluster.name;

const hostsInOrder = sortedOnce<Host>();
const vmsInOrder = sortedOnce<Vm>();

export function useHosts(): readonly Host[] {
  const hosts = useLive((model) => model.hosts);
  const cluster = useScopeId();
  return useMemo(
    () => hostsInOrder(hosts).filter((host) => cluster === undefined || host.clusterId === cluster),
    [hosts, cluster],
  );
}

export function useVms(): readonly Vm[] {
  const vms = useLive((model) => model.vms);
  const cluster = useScopeId();
  return useMemo(
    () => vmsInOrder(vms).filter((vm) => cluster === undefined || vm.clusterId === cluster),
    [vms, cluster],
  );
}

/** By name, sorted once for all parts of the page that ask: with ten thousand VMs each change costs that. */
function sortedOnce<Noun extends { readonly name: string }>(): (
  all: ReadonlyMap<string, Noun>,
) => readonly Noun[] {
  const sorted = new WeakMap<ReadonlyMap<string, Noun>, readonly Noun[]>();
  return (all) => {
    const found = sorted.get(all) ?? byName(all.values());
    sorted.set(all, found);
    return found;
  };
}

/** Newest first. */
export function useTasks(): readonly Task[] {
  const tasks = useLive((model) => model.tasks);
  const cluster = useScopeId();
  return useMemo(
    () =>
      [...tasks.values()]
        .filter(
          (task) =>
            cluster === undefined ||
            task.subject.clusterId === undefined ||
            task.subject.clusterId === cluster,
        )
        .sort((a, b) => b.createdAt - a.createdAt),
    [tasks, cluster],
  );
}

export function useHostName(id: HostId): string {
  return useLive((model) => model.hosts.get(id)?.name ?? 'a host that was removed');
}

export const hostHref = (id: HostId): string => `/hosts/${encodeURIComponent(id)}`;
export const vmHref = (id: VmId): string => `/vms/${encodeURIComponent(id)}`;
/** A page of its own, instead of the pane beside the list. */
export const hostPageHref = (id: HostId): string => `${hostHref(id)}/page`;
export const vmPageHref = (id: VmId): string => `${vmHref(id)}/page`;
export const migrationHref = (id: string): string => `/migrations/${encodeURIComponent(id)}`;
export const taskHref = (task: Pick<Task, 'id'>): string => `/activity/${encodeURIComponent(task.id)}`;
