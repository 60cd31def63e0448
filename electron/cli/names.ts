import { DroverError } from '#shared/contract/errors.ts';
import { byName } from '#shared/model/byName.ts';
import type { Host } from '#shared/model/host.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Vm } from '#shared/model/vm.ts';

/** A cluster by its name, its id, or its name as one writes it without blanks: two-servers for Two servers. */
export function findCluster(state: LiveState, text: string, tried: string): PhysicalCluster {
  const { clusters } = state;
  const exact = clusters.find((cluster) => cluster.id === text || cluster.name === text);
  const alike = clusters.filter((cluster) => asWord(cluster.name) === asWord(text));
  const found = exact ?? (alike.length === 1 ? alike[0] : undefined);
  if (found !== undefined) return found;
  const names = byName(alike.length > 1 ? alike : clusters)
    .map(({ name }) => name)
    .join(', ');
  throw new DroverError({
    code: alike.length > 1 ? 'name-ambiguous' : 'not-found',
    tried,
    cause: alike.length > 1 ? `${text} fits ${names}` : `no cluster is called ${text}`,
    next: names === '' ? 'Add one with "drover cluster add sim:two-servers"' : `Say which exactly: ${names}`,
  });
}

const asWord = (name: string): string => name.toLowerCase().replace(/\s+/g, '-');

/** A host by its name or id. */
export function findHost(state: LiveState, text: string, tried: string): Host {
  const byId = state.hosts.find((host) => host.id === text);
  if (byId !== undefined) return byId;
  const found = state.hosts.filter((host) => host.name === text);
  const [host] = found;
  if (host === undefined) {
    const names = byName(state.hosts)
      .map((each) => each.name)
      .join(', ');
    throw new DroverError({
      code: 'not-found',
      tried,
      cause: `no host is called ${text}`,
      next: names === '' ? 'Add one with "drover host add"' : `Drover knows ${names}`,
    });
  }
  if (found.length > 1) {
    const places = found.map((each) => `${clusterName(state, each)} (${each.id})`).join(', ');
    throw new DroverError({
      code: 'name-ambiguous',
      tried,
      cause: `${found.length} hosts are called ${text}: ${places}`,
      next: 'Give the id in brackets instead',
    });
  }
  return host;
}

/** A VM by name, by UUID, or as HOST/VM where a name fits two. */
export function findVm(state: LiveState, text: string, tried: string): Vm {
  const slash = text.indexOf('/');
  const hostName = slash > 0 ? text.slice(0, slash) : undefined;
  const wanted = slash > 0 ? text.slice(slash + 1) : text;
  const onHost =
    hostName === undefined
      ? undefined
      : state.hosts.filter((host) => host.name === hostName).map((host) => host.id);
  const found = state.vms.filter(
    (vm) =>
      (vm.name === wanted || vm.uuid === wanted.toLowerCase()) &&
      (onHost === undefined || onHost.includes(vm.hostId)),
  );
  const [vm] = found;
  if (vm === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried,
      cause: `no VM is called ${text}${silent(state)}`,
      next: '"drover vm list" shows those that Drover knows',
    });
  }
  if (found.length > 1) {
    const places = found.map((each) => `${hostOf(state, each)?.name ?? each.hostId}/${each.name}`).join(', ');
    throw new DroverError({
      code: 'name-ambiguous',
      tried,
      cause: `${found.length} VMs are called ${text}: ${places}`,
      next: 'Say which, as HOST/VM or by its UUID',
    });
  }
  return vm;
}

export function hostOf(state: LiveState, vm: Vm): Host | undefined {
  return state.hosts.find((host) => host.id === vm.hostId);
}

export function clusterName(state: LiveState, host: Host): string {
  return state.clusters.find((cluster) => cluster.id === host.clusterId)?.name ?? host.clusterId;
}

function silent(state: LiveState): string {
  const names = state.hosts.filter((host) => host.connection.state !== 'connected').map((host) => host.name);
  return names.length === 0 ? '' : ` on the hosts that answer (${names.join(', ')} did not)`;
}
