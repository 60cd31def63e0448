import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';

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
