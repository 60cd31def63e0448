import { setPostCopyFailed } from '../migrations/endings.ts';
import { isInPostCopy, transferBy } from '../migrations/find.ts';
import { endPerforming } from '../migrations/performing.ts';
import { take } from '../migrations/transferring.ts';
import { connectionsLost } from '../operator/losing.ts';
import { abortTransfer } from '../physics/transfer.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** It waits for long calls to end, and is killed after this. */
const patienceMs = 8000;
const lookEveryMs = 100;
const startsMs = 1200;

/** The daemon ends and comes again; guests and their QEMUs go on without it. */
export function restartLibvirt(world: World, host: HostState): void {
  if (host.power !== 'on' || !host.libvirtRuns) return;
  host.libvirtRuns = false;
  const isHeldUp = Object.values(host.domains).some((domain) => isBetweenPhases(world, domain));
  world.listeners.breakAll(host.name, 'libvirtd there was restarted');
  connectionsLost(world, host, `libvirt on ${host.name} was restarted`);
  const patienceUntil = world.now + patienceMs;
  if (isHeldUp) {
    world.schedule(patienceMs, { kind: 'libvirt-ends', host: host.name, boot: host.boot, patienceUntil });
  } else libvirtEnds(world, host, patienceUntil);
  world.changed();
}

export function libvirtEnds(world: World, host: HostState, patienceUntil: number): void {
  const isBusy = Object.values(host.domains).some(isPerforming);
  if (isBusy && world.now < patienceUntil) {
    world.schedule(lookEveryMs, {
      kind: 'libvirt-ends',
      host: host.name,
      boot: host.boot,
      patienceUntil,
    });
    return;
  }
  world.schedule(startsMs, { kind: 'libvirt-up', host: host.name, boot: host.boot });
}

/** It finds out what became of the migrations of before (qemuProcessRecoverMigration). */
export function libvirtUp(world: World, host: HostState): void {
  host.libvirtRuns = true;
  host.libvirtStarts += 1;
  for (const domain of Object.values(host.domains)) {
    if (isPerforming(domain)) {
      callOff(world, host, domain);
      continue;
    }
    const { instance } = domain;
    const transfer = transferBy(world, instance?.incoming?.transfer);
    if (instance !== undefined && transfer !== undefined && isInPostCopy(transfer)) {
      setPostCopyFailed(world, transfer, { host, domain, instance });
    }
  }
  world.changed();
}

/**
 * All was sent and nobody has confirmed it yet, or its Finish waits for memory: the daemon does not end by itself then
 * (seen on real hosts; docs/migration-faults.md was made with it).
 */
function isBetweenPhases(world: World, { instance }: DomainState): boolean {
  const transfer = transferBy(world, instance?.outgoing?.transfer);
  const isSent =
    instance?.outgoing?.phase === 'performed' && transfer !== undefined && !isInPostCopy(transfer);
  return isSent || instance?.incoming?.finishing === true;
}

function isPerforming({ instance }: DomainState): boolean {
  const phase = instance?.outgoing?.phase;
  return phase === 'performing' || phase === 'connecting';
}

function callOff(world: World, host: HostState, domain: DomainState): void {
  const transfer = transferBy(world, domain.instance?.outgoing?.transfer);
  if (transfer === undefined) endPerforming(world, host, domain, 'operation failed: libvirtd was restarted');
  else if (!isInPostCopy(transfer)) take(world, transfer, abortTransfer(transfer.model, world.now));
}
