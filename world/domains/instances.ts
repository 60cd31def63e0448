import type { VmStateReason } from '#shared/model/vm.ts';
import { noCounters } from '../hosts/counters.ts';
import { countUp } from '../hosts/counting.ts';
import type { DomainState, GuestState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { touchDisks } from '../storage/disks.ts';
import { guestRuns } from '../storage/growing.ts';

/** A QEMU for a domain that has none. */
export function beginInstance(
  world: World,
  host: HostState,
  domain: DomainState,
  start: {
    readonly state: InstanceState['state'];
    readonly reason: VmStateReason;
    readonly guest: GuestState;
  },
): InstanceState {
  countUp(world, host);
  const instance: InstanceState = {
    run: world.newNumber(),
    ...start,
    counters: noCounters(),
    grownBytes: 0,
  };
  domain.instance = instance;
  if (start.state === 'active') guestRuns(world, host, domain);
  world.loadsChanged(host);
  world.tellChanged(host, domain);
  return instance;
}

/** It executes from now on, or no longer. */
export function setInstanceState(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
  state: InstanceState['state'],
  reason: VmStateReason,
): void {
  countUp(world, host);
  if (instance.state === 'active' && state !== 'active') touchDisks(world, host, domain);
  instance.state = state;
  instance.reason = reason;
  if (state === 'active') {
    delete instance.quietSince;
    guestRuns(world, host, domain);
  } else instance.quietSince ??= world.now;
  world.loadsChanged(host);
  world.tellChanged(host, domain);
}

/** Its QEMU is gone. A domain without a definition goes with it. */
export function endInstance(world: World, host: HostState, domain: DomainState, reason: VmStateReason): void {
  const { instance } = domain;
  if (instance === undefined) return;
  countUp(world, host);
  if (instance.state === 'active') touchDisks(world, host, domain);
  const wasHung = instance.guest.hung;
  delete domain.instance;
  domain.endedBy = reason;
  if (domain.nextDefinition !== undefined) {
    domain.definition = domain.nextDefinition;
    delete domain.nextDefinition;
  }
  world.instanceEnded(host, domain, instance);
  if (domain.persistent) world.tellChanged(host, domain);
  else removeDomain(world, host, domain);
  world.loadsChanged(host);
  world.cameOut(freeName(host, domain.uuid));
  if (wasHung) world.changed();
}

export function removeDomain(world: World, host: HostState, domain: DomainState): void {
  delete host.domains[domain.uuid];
  world.listeners.tell(host.name, { kind: 'gone', uuid: domain.uuid, name: domain.definition.name });
  world.guestChanged(host, domain.uuid);
}

/** What comes out when a domain's job is over. */
export function freeName(host: HostState, uuid: string): string {
  return `free ${host.name} ${uuid}`;
}
