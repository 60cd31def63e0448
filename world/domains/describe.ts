import type { WorldDomain, WorldDomainCounters } from '#shared/contract/worldContract.ts';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { readCounters } from '../hosts/counting.ts';
import { phaseOf, workloadOf } from '../hosts/load.ts';
import { memoryUsedBytes } from '../physics/memoryUsed.ts';
import { streamOf } from '../physics/random.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { guestKindOf } from './guestKinds.ts';

const mebibyte = 1024 ** 2;

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
  const { guests } = readCounters(world, host);
  return Object.values(host.domains).flatMap((domain) => {
    const counters = guests.get(domain.uuid);
    if (domain.instance === undefined || counters === undefined) return [];
    const { uuid, definition } = domain;
    return [
      {
        uuid,
        state: domain.instance.state,
        cpuTimeNs: Math.round(counters.cpuNs),
        vcpus: definition.vcpus,
        networkReceiveBytes: Math.round(counters.networkReceiveBytes),
        networkSendBytes: Math.round(counters.networkSendBytes),
        ...(depth === 'cheap'
          ? {}
          : {
              cpuReadyNs: Math.round(counters.readyNs),
              memoryGivenMiB: definition.memoryMiB,
              memoryUsedMiB: memoryUsedMiB(world, domain, domain.instance),
              diskReadBytes: Math.round(counters.diskReadBytes),
              diskWriteBytes: Math.round(counters.diskWriteBytes),
            }),
      },
    ];
  });
}

function memoryUsedMiB(world: World, domain: DomainState, instance: InstanceState): number {
  const { uuid, definition } = domain;
  const { memory } = workloadOf(world, uuid);
  const bytes = memoryUsedBytes(
    {
      stream: streamOf(world.state.seed, uuid),
      touchedBytes: definition.memoryMiB * mebibyte * memory.touchedShare,
      phase: phaseOf(instance),
      bootedMs: instance.guest.bootedAt,
      bootMs: guestKindOf(definition.guestSystem).bootMs,
    },
    instance.quietSince ?? world.now,
  );
  return Math.round(bytes / mebibyte);
}
