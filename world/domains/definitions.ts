import type { WorldDomain } from '#shared/contract/worldContract.ts';
import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { noteDisks } from '../storage/disks.ts';
import { notValid, requireDomain } from './find.ts';
import { removeDomain } from './instances.ts';
import { whenFree } from './jobs.ts';

export type NewDefinition = Omit<WorldDomain, 'state' | 'reason' | 'persistent' | 'hasSnapshots'>;

/** A running one goes on as it is, and is next started as it is defined now. */
export function defineDomain(
  world: World,
  host: HostState,
  { uuid, autostart: _notPartOfIt, ...definition }: NewDefinition,
): { readonly uuid: string; readonly name: string } {
  const procedure = 'domainDefineXmlFlags';
  const known = host.domains[uuid];
  if (known !== undefined && known.definition.name !== definition.name) {
    throw failed(host, procedure, `domain '${known.definition.name}' is already defined with uuid ${uuid}`);
  }
  const namesake = Object.values(host.domains).find((domain) => domain.definition.name === definition.name);
  if (namesake !== undefined && namesake.uuid !== uuid) {
    throw failed(host, procedure, `domain '${definition.name}' already exists with uuid ${namesake.uuid}`);
  }
  const domain: DomainState = known ?? {
    uuid,
    definition,
    persistent: true,
    autostart: false,
    endedBy: 'unspecified',
  };
  domain.persistent = true;
  if (domain.instance === undefined) domain.definition = definition;
  else domain.nextDefinition = definition;
  host.domains[uuid] = domain;
  noteDisks(world, host, definition);
  world.tellChanged(host, domain);
  return { uuid, name: definition.name };
}

/** With what was saved of it. A running one goes on without a definition, and is gone when it ends. */
export function undefineDomain(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  const procedure = 'domainUndefineFlags';
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    if (!domain.persistent) throw notValid(host, procedure, 'cannot undefine transient domain');
    delete domain.saved;
    domain.autostart = false;
    if (domain.instance === undefined) removeDomain(world, host, domain);
    else {
      domain.persistent = false;
      delete domain.nextDefinition;
      world.tellChanged(host, domain);
    }
    answer.ok({});
  });
}

export function renameDomain(world: World, host: HostState, uuid: string, name: string): object {
  const procedure = 'domainRename';
  const domain = requireDomain(host, uuid, procedure);
  if (domain.instance !== undefined) throw notValid(host, procedure, 'cannot rename active domain');
  if (domain.saved !== undefined) {
    throw notValid(host, procedure, "domain with a managed saved state can't be renamed");
  }
  const isTaken = Object.values(host.domains).some(({ definition }) => definition.name === name);
  if (isTaken) throw notValid(host, procedure, `domain with name '${name}' already exists`);
  world.listeners.tell(host.name, { kind: 'gone', uuid, name: domain.definition.name });
  domain.definition = { ...domain.definition, name };
  world.tellChanged(host, domain);
  return {};
}

export function setAutostart(world: World, host: HostState, uuid: string, autostart: boolean): object {
  const procedure = 'domainSetAutostart';
  const domain = requireDomain(host, uuid, procedure);
  if (!domain.persistent) throw notValid(host, procedure, 'cannot set autostart for transient domain');
  domain.autostart = autostart;
  world.tellChanged(host, domain);
  return {};
}

export function discardSaved(world: World, host: HostState, uuid: string): object {
  const domain = requireDomain(host, uuid, 'domainManagedSaveRemove');
  if (domain.saved !== undefined && domain.instance?.restoring === undefined) {
    delete domain.saved;
    world.tellChanged(host, domain);
  }
  return {};
}

function failed(host: HostState, procedure: string, text: string) {
  return libvirtSays(host.name, procedure, 'operationFailed', `operation failed: ${text}`);
}
