import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** @throws DroverError `not-found` */
export function requireDomain(host: HostState, uuid: string, procedure: string): DomainState {
  const domain = host.domains[uuid];
  if (domain !== undefined) return domain;
  throw libvirtSays(
    host.name,
    procedure,
    'noDomain',
    `Domain not found: no domain with matching uuid '${uuid}'`,
  );
}

/** @throws DroverError `libvirt-refused` where it does not run */
export function requireInstance(host: HostState, domain: DomainState, procedure: string): InstanceState {
  if (domain.instance !== undefined) return domain.instance;
  throw notValid(host, procedure, 'domain is not running');
}

export function notValid(host: HostState, procedure: string, text: string) {
  return libvirtSays(host.name, procedure, 'operationInvalid', `Requested operation is not valid: ${text}`);
}

/** What an event was meant for. */
export interface OfInstance {
  readonly host: string;
  readonly uuid: string;
  readonly run: number;
}

/** undefined where that instance is no more. */
export function runningIn(
  world: World,
  { host: name, uuid, run }: OfInstance,
): { readonly host: HostState; readonly domain: DomainState; readonly instance: InstanceState } | undefined {
  const host = world.host(name);
  const domain = host?.domains[uuid];
  const instance = domain?.instance;
  if (host === undefined || domain === undefined || instance?.run !== run) return undefined;
  return { host, domain, instance };
}
