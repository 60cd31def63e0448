import { freeMemoryMiB } from '../hosts/telling.ts';
import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { lockerOf, writtenFiles } from '../storage/disks.ts';
import { fileAt } from '../storage/stores.ts';
import { notValid, requireDomain } from './find.ts';
import { bootGuest, freshGuest, wakeGuest } from './guest.ts';
import { beginInstance, freeName, setInstanceState } from './instances.ts';
import { whenFree } from './jobs.ts';

const procedure = 'domainCreate';
/** What a QEMU takes until it has its devices and lets its guest run. */
const qemuStartsMs = 350;
const mebibyte = 1024 ** 2;
/** Saved memory is read from the host's own disk. */
const savedReadBytesPerSecond = 450 * mebibyte;

export function startDomain(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    if (domain.instance !== undefined) throw notValid(host, procedure, 'domain is already running');
    const run = beginDomain(world, host, domain);
    if (run === undefined) world.after(qemuStartsMs, () => answer.ok({}));
    else world.await(run, (outcome) => (outcome.ok ? answer.ok({}) : answer.fail(outcome.error)));
  });
}

/**
 * A QEMU for it, from what was saved where there is that. What will come out then by the returned name is its
 * restoring; undefined where it boots.
 */
export function beginDomain(world: World, host: HostState, domain: DomainState): string | undefined {
  checkRoom(world, host, domain);
  checkDisks(world, host, domain);
  checkNetworks(world, host, domain);
  const { saved } = domain;
  if (saved === undefined) {
    const instance = beginInstance(world, host, domain, {
      state: 'active',
      reason: 'booted',
      guest: freshGuest(world),
    });
    bootGuest(world, host, domain, instance);
    return undefined;
  }
  const instance = beginInstance(world, host, domain, {
    state: 'paused',
    reason: 'starting-up',
    guest: { ...saved.guest },
  });
  instance.restoring = { startedAt: world.now, wasActive: saved.wasActive };
  const { run } = instance;
  world.schedule(qemuStartsMs + (saved.bytes / savedReadBytesPerSecond) * 1000, {
    kind: 'restored',
    host: host.name,
    uuid: domain.uuid,
    run,
  });
  return `restored ${host.name} ${run}`;
}

export function restored(
  world: World,
  event: { readonly host: string; readonly uuid: string; readonly run: number },
): void {
  const host = world.host(event.host);
  const domain = host?.domains[event.uuid];
  const instance = domain?.instance;
  if (host === undefined || domain === undefined || instance?.run !== event.run) return;
  if (instance.restoring === undefined) return;
  const { wasActive } = instance.restoring;
  delete instance.restoring;
  delete domain.saved;
  setInstanceState(
    world,
    host,
    domain,
    instance,
    wasActive ? 'active' : 'paused',
    wasActive ? 'restored' : 'user',
  );
  if (wasActive) wakeGuest(world, host, domain, instance);
  world.cameOut(`restored ${host.name} ${event.run}`);
  world.cameOut(freeName(host, domain.uuid));
}

function checkRoom(world: World, host: HostState, { definition }: DomainState): void {
  if (definition.memoryMiB <= freeMemoryMiB(world, host)) return;
  throw qemuDied(host, "cannot set up guest memory 'pc.ram': Cannot allocate memory");
}

function checkDisks(world: World, host: HostState, domain: DomainState): void {
  for (const { source, backingChain } of domain.definition.disks) {
    for (const path of [source, ...backingChain.map((base) => base.path)]) {
      if (path === undefined || !path.startsWith('/')) continue;
      if (fileAt(world, host.name, path) === undefined) throw noSuchFile(host, procedure, path);
    }
  }
  // QEMU locks what it writes, on shared storage too: a second copy of a VM does not start.
  for (const path of writtenFiles(domain)) {
    if (lockerOf(world, host.name, path) !== undefined) {
      throw qemuDied(host, `Failed to get "write" lock: Is another process using the image [${path}]?`);
    }
  }
}

export function noSuchFile(host: HostState, during: string, path: string) {
  return libvirtSays(
    host.name,
    during,
    'systemError',
    `Cannot access storage file '${path}': No such file or directory`,
  );
}

function checkNetworks(world: World, host: HostState, { definition }: DomainState): void {
  const { networks } = world.facts(host);
  for (const { kind, source } of definition.nics) {
    const known = networks.find((network) => network.kind === kind && network.name === source);
    if (known?.active === true || (kind !== 'bridge' && kind !== 'network')) continue;
    throw noSuchNetwork(host, procedure, kind, source, known !== undefined);
  }
}

export function noSuchNetwork(
  host: HostState,
  during: string,
  kind: string,
  source: string,
  isKnown: boolean,
) {
  if (kind === 'bridge') {
    return libvirtSays(
      host.name,
      during,
      'systemError',
      `Cannot get interface MTU on '${source}': No such device`,
    );
  }
  return isKnown
    ? notValid(host, during, `network '${source}' is not active`)
    : libvirtSays(
        host.name,
        during,
        'noNetwork',
        `Network not found: no network with matching name '${source}'`,
      );
}

function qemuDied(host: HostState, last: string) {
  return libvirtSays(
    host.name,
    procedure,
    'internalError',
    `internal error: process exited while connecting to monitor: qemu-system-x86_64: ${last}`,
  );
}
