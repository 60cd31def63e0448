import type { VmDisk } from '#shared/model/vm.ts';
import type { DomainDefinition, DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { growDisk } from './growing.ts';
import { fileAt } from './stores.ts';

/** Files that a domain writes, by their path. */
export function writtenFiles({ definition }: Pick<DomainState, 'definition'>): readonly string[] {
  return definition.disks.flatMap((disk) => (isWritten(disk) ? [disk.source] : []));
}

function isWritten(disk: VmDisk): disk is VmDisk & { readonly source: string } {
  return disk.source !== undefined && !disk.readOnly && disk.device === 'disk';
}

/** A guest that ran until now has written to its disks. */
export function touchDisks(world: World, host: HostState, domain: DomainState): void {
  growDisk(world, host, domain);
  for (const path of writtenFiles(domain)) {
    const file = fileAt(world, host.name, path);
    if (file !== undefined) file.writtenAt = world.now;
  }
}

/** The domain whose guest writes just now to what this host sees at `path`. */
export function writerOf(world: World, hostName: string, path: string): DomainState | undefined {
  return userOf(world, hostName, path, ({ state }) => state === 'active')?.domain;
}

/**
 * The domain whose QEMU holds the lock on what this host sees at `path`: one that waits for a guest has not taken it
 * yet, one whose guest has left has given it back.
 */
export function lockerOf(world: World, hostName: string, path: string): DomainState | undefined {
  return userOf(
    world,
    hostName,
    path,
    ({ incoming, reason }) => incoming === undefined && reason !== 'migration',
  )?.domain;
}

/** Of the domains that have what this host sees at `path` among their disks and an instance, the first that is meant. */
export function userOf(
  world: World,
  hostName: string,
  path: string,
  isMeant: (instance: InstanceState) => boolean,
): { readonly host: HostState; readonly domain: DomainState } | undefined {
  const file = fileAt(world, hostName, path);
  if (file === undefined) return undefined;
  for (const host of usersOf(world).get(path) ?? []) {
    for (const domain of Object.values(host.domains)) {
      const { instance } = domain;
      if (instance === undefined || !isMeant(instance) || !writtenFiles(domain).includes(path)) continue;
      if (fileAt(world, host.name, path) === file) return { host, domain };
    }
  }
  return undefined;
}

/**
 * Hosts on which a domain writes to what lies at a path, or once did: whoever looks makes sure. Ten thousand VMs are
 * too many to be gone through for each lock.
 */
const known = new WeakMap<World, Map<string, Set<HostState>>>();

function usersOf(world: World): Map<string, Set<HostState>> {
  const users = known.get(world);
  if (users !== undefined) return users;
  const made = new Map<string, Set<HostState>>();
  known.set(world, made);
  for (const host of world.hosts()) {
    for (const { definition, nextDefinition } of Object.values(host.domains)) {
      noteDisks(world, host, definition);
      if (nextDefinition !== undefined) noteDisks(world, host, nextDefinition);
    }
  }
  return made;
}

/** To be called for whatever is defined on a host. */
export function noteDisks(world: World, host: HostState, definition: DomainDefinition): void {
  const users = usersOf(world);
  for (const path of writtenFiles({ definition })) {
    const hosts = users.get(path);
    if (hosts === undefined) users.set(path, new Set([host]));
    else hosts.add(host);
  }
}
