import type { Answer } from '../sessions/sessions.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { notValid, requireDomain, requireInstance } from './find.ts';
import { askGuest, bootGuest, wakeGuest } from './guest.ts';
import { endInstance, setInstanceState } from './instances.ts';
import { whenFree } from './jobs.ts';

// What is done to a running instance, with libvirt's own refusals (qemu_driver.c).

/** Also while it is being migrated. One that is paused stays so. */
export function pauseDomain(world: World, host: HostState, uuid: string): object {
  const domain = requireDomain(host, uuid, 'domainSuspend');
  const instance = requireInstance(host, domain, 'domainSuspend');
  if (instance.state === 'active') {
    setInstanceState(
      world,
      host,
      domain,
      instance,
      'paused',
      instance.outgoing === undefined ? 'user' : 'migration',
    );
  }
  return {};
}

export function resumeDomain(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  const procedure = 'domainResume';
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    const instance = requireInstance(host, domain, procedure);
    if (instance.state === 'active') throw notValid(host, procedure, 'domain is already running');
    if (instance.reason === 'post-copy-failed' || instance.reason === 'post-copy') {
      throw notValid(host, procedure, 'guest CPUs cannot be started: part of its memory is on another host');
    }
    setInstanceState(world, host, domain, instance, 'active', 'unpaused');
    wakeGuest(world, host, domain, instance);
    answer.ok({});
  });
}

export function requestShutdown(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  press(world, host, uuid, 'domainShutdownFlags', 'shutting-down', answer);
}

export function requestReboot(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  press(world, host, uuid, 'domainReboot', 'rebooting', answer);
}

function press(
  world: World,
  host: HostState,
  uuid: string,
  procedure: string,
  what: 'shutting-down' | 'rebooting',
  answer: Answer<object>,
): void {
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    askGuest(world, host, domain, requireInstance(host, domain, procedure), what);
    answer.ok({});
  });
}

/** The guest starts anew, hung or not; a paused one once it is resumed. */
export function resetDomain(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  const procedure = 'domainReset';
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    bootGuest(world, host, domain, requireInstance(host, domain, procedure));
    world.tellRebooted(host, domain);
    answer.ok({});
  });
}

/** Whatever it is at. */
export function destroyDomain(world: World, host: HostState, uuid: string): object {
  const domain = requireDomain(host, uuid, 'domainDestroyFlags');
  requireInstance(host, domain, 'domainDestroyFlags');
  endInstance(world, host, domain, 'destroyed');
  return {};
}
