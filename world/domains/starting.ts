import type { Answer } from '../sessions/sessions.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { lockerOf, writtenFiles } from '../storage/disks.ts';
import { notValid, type OfInstance, requireDomain, runningIn } from './find.ts';
import { bootGuest, freshGuest, wakeGuest } from './guest.ts';
import { beginInstance, freeName, setInstanceState } from './instances.ts';
import { whenFree } from './jobs.ts';
import { checkNeeds, qemuDied } from './requirements.ts';

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
  checkNeeds(world, host, domain.definition, procedure);
  checkLocks(world, host, domain);
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

export function restored(world: World, event: OfInstance): void {
  const { host, domain, instance } = runningIn(world, event) ?? {};
  if (host === undefined || domain === undefined || instance?.restoring === undefined) return;
  const { wasActive } = instance.restoring;
  delete instance.restoring;
  delete domain.saved;
  // libvirt reads saved memory as it reads an incoming migration's, and leaves the reason so (seen on 9.0).
  const [state, reason] = wasActive ? (['active', 'restored'] as const) : (['paused', 'migration'] as const);
  setInstanceState(world, host, domain, instance, state, reason);
  if (wasActive) wakeGuest(world, host, domain, instance);
  world.cameOut(`restored ${host.name} ${event.run}`);
  world.cameOut(freeName(host, domain.uuid));
}

/** QEMU locks what it writes, on shared storage too: a second copy of a VM does not start. */
function checkLocks(world: World, host: HostState, domain: DomainState): void {
  for (const path of writtenFiles(domain)) {
    if (lockerOf(world, host.name, path) === undefined) continue;
    throw qemuDied(
      host,
      procedure,
      `Failed to get "write" lock: Is another process using the image [${path}]?`,
    );
  }
}
