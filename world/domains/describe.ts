import type { WorldDomain, WorldDomainCounters } from '#shared/contract/worldContract.ts';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { type GuestColumn, makeGuestColumns, readGuests } from '../hosts/columns.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

export function stateOf(domain: DomainState): { readonly state: VmState; readonly reason: VmStateReason } {
  const { instance, saved, endedBy } = domain;
  if (instance !== undefined) return { state: instance.state, reason: instance.reason };
  return saved === undefined
    ? { state: 'inactive', reason: endedBy }
    : { state: 'suspended', reason: 'saving' };
}

export function describe(domain: DomainState): WorldDomain {
  const { uuid, definition, persistent, autostart } = domain;
  return { uuid, ...definition, ...stateOf(domain), persistent, autostart, hasSnapshots: false };
}

/** With what it is next started with, where that was defined anew while it ran. */
export function describeNext(domain: DomainState): WorldDomain {
  return { ...describe(domain), ...domain.nextDefinition };
}

/** Of the domains that have an instance, as libvirt tells it. `cheap` asks no QEMU anything. */
export function domainCounters(
  world: World,
  host: HostState,
  depth: 'cheap' | 'full',
): readonly WorldDomainCounters[] {
  const columns = makeGuestColumns(Object.keys(host.domains).length);
  const rows = readGuests(world, host, columns);
  const read = (name: GuestColumn, row: number) => Math.round(columns[name][row] ?? 0);
  return rows.map(({ domain: { uuid, definition }, instance }, row) => {
    const cheap = {
      uuid,
      state: instance.state,
      cpuTimeNs: read('cpuNs', row),
      vcpus: definition.vcpus,
      networkReceiveBytes: read('networkReceiveBytes', row),
      networkSendBytes: read('networkSendBytes', row),
    };
    if (depth === 'cheap') return cheap;
    return {
      ...cheap,
      cpuReadyNs: read('readyNs', row),
      memoryGivenMiB: definition.memoryMiB,
      memoryUsedMiB: read('memoryUsedMiB', row),
      diskReadBytes: read('diskReadBytes', row),
      diskWriteBytes: read('diskWriteBytes', row),
    };
  });
}
