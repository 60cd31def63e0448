import type { WorldDomain, WorldDomainCounters } from '#shared/contract/worldContract.ts';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { guestColumns, makeColumns, readGuests } from '../hosts/columns.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

const at = {
  cpuNs: guestColumns.indexOf('cpuNs'),
  readyNs: guestColumns.indexOf('readyNs'),
  memoryUsedMiB: guestColumns.indexOf('memoryUsedMiB'),
  diskReadBytes: guestColumns.indexOf('diskReadBytes'),
  diskWriteBytes: guestColumns.indexOf('diskWriteBytes'),
  networkReceiveBytes: guestColumns.indexOf('networkReceiveBytes'),
  networkSendBytes: guestColumns.indexOf('networkSendBytes'),
} as const;

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
  const columns = makeColumns(guestColumns, Object.keys(host.domains).length);
  const rows = readGuests(world, host, columns);
  const { values, stride } = columns;
  const read = (column: number, row: number) => Math.round(values[column * stride + row] ?? 0);
  // Written out for each depth: a thousand hosts answer this each second.
  if (depth === 'cheap') {
    return rows.map(({ domain, instance }, row) => ({
      uuid: domain.uuid,
      state: instance.state,
      cpuTimeNs: read(at.cpuNs, row),
      vcpus: domain.definition.vcpus,
      networkReceiveBytes: read(at.networkReceiveBytes, row),
      networkSendBytes: read(at.networkSendBytes, row),
    }));
  }
  return rows.map(({ domain, instance }, row) => ({
    uuid: domain.uuid,
    state: instance.state,
    cpuTimeNs: read(at.cpuNs, row),
    vcpus: domain.definition.vcpus,
    networkReceiveBytes: read(at.networkReceiveBytes, row),
    networkSendBytes: read(at.networkSendBytes, row),
    cpuReadyNs: read(at.readyNs, row),
    memoryGivenMiB: domain.definition.memoryMiB,
    memoryUsedMiB: read(at.memoryUsedMiB, row),
    diskReadBytes: read(at.diskReadBytes, row),
    diskWriteBytes: read(at.diskWriteBytes, row),
  }));
}
