import { DroverError } from '#shared/contract/errors.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import { wakeGuest } from '../domains/guest.ts';
import { endInstance } from '../domains/instances.ts';
import { countUp } from '../hosts/counting.ts';
import { restartLibvirt } from '../hosts/libvirtRestart.ts';
import { closePath, openPath } from '../hosts/path.ts';
import { powerOff, powerOn } from '../hosts/powering.ts';
import { noSuchHost } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { strikeSwitch } from './switchFaults.ts';

/** What breaks or is mended on demand. @throws DroverError `not-found`, `refused-by-rule` */
export function strike(world: World, fault: WorldFault): void {
  if ('switch' in fault) return strikeSwitch(world, fault);
  const host = world.host(fault.host);
  if (host === undefined)
    throw noSuchHost(
      fault.host,
      world.hosts().map(({ name }) => name),
    );
  switch (fault.kind) {
    case 'power-off':
      return powerOff(world, host);
    case 'power-on':
      return powerOn(world, host);
    case 'cut-link':
      host.cut = true;
      closePath(world, host);
      break;
    case 'slow-link':
      setLink(world, host, Math.min(fault.rateBitsPerSecond, world.facts(host).nicBitsPerSecond));
      break;
    case 'mend-link':
      host.cut = false;
      openPath(world, host);
      setLink(world, host, world.facts(host).nicBitsPerSecond);
      break;
    case 'distance':
      host.distanceMs = fault.oneWayMs;
      break;
    case 'drop-connections':
      world.listeners.breakAll(host.name, 'it was cut off (connection reset)');
      break;
    case 'restart-libvirt':
      return restartLibvirt(world, host);
    case 'crash-vm':
      return endInstance(world, host, runningDomain(host, fault.uuid).domain, 'crashed');
    case 'hang-vm':
      setHung(world, host, fault.uuid, true);
      break;
    case 'unhang-vm':
      setHung(world, host, fault.uuid, false);
      break;
    default:
      fault satisfies never;
  }
  world.changed();
}

function setLink(world: World, host: HostState, bitsPerSecond: number): void {
  countUp(world, host);
  host.linkBitsPerSecond = bitsPerSecond;
  world.loadsChanged(host);
}

function setHung(world: World, host: HostState, uuid: string, hung: boolean): void {
  const { domain, instance } = runningDomain(host, uuid);
  if (instance.guest.hung === hung) return;
  countUp(world, host);
  instance.guest.hung = hung;
  if (hung) instance.quietSince ??= world.now;
  else delete instance.quietSince;
  if (!hung) wakeGuest(world, host, domain, instance);
  world.loadsChanged(host);
  world.guestChanged(host, uuid);
}

function runningDomain(
  host: HostState,
  uuid: string,
): { readonly domain: DomainState; readonly instance: InstanceState } {
  const domain = host.domains[uuid];
  if (domain?.instance !== undefined) return { domain, instance: domain.instance };
  const name = domain?.definition.name ?? uuid;
  throw new DroverError({
    code: domain === undefined ? 'not-found' : 'refused-by-rule',
    tried: `Break ${name} on ${host.name}`,
    cause: domain === undefined ? `${host.name} knows no such VM` : `${name} does not run there`,
    next: 'Choose a VM that runs on that host',
  });
}
