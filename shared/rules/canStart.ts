import type { Vm } from '../model/vm.ts';
import { hasRoom } from './hostRoom.ts';
import { isLeftByMigration } from './leftByMigration.ts';
import type { Surroundings } from './surroundings.ts';
import { refused, type Verdict } from './verdict.ts';

/**
 * Starting and restoring make an instance: never beside another one, and only where there is memory for it. A silent
 * host stands in the way where something says that it may run the VM: it has a definition of it, as far as is known,
 * or the VM moved. Any other silent host does not, or one dead host would stop every start in its cluster.
 */
export function canInstantiate(vm: Vm, around: Surroundings): Verdict {
  const running = vm.copies.find(({ state }) => state === 'active' || state === 'paused');
  if (running !== undefined) {
    const where = around.others.find((host) => host.id === running.hostId)?.name ?? 'another host';
    return refused(
      `${where} has a copy of ${vm.name} that is ${running.state}; a second one would corrupt its disks. Resolve that copy first.`,
    );
  }
  const silent = mustBeAsked(vm, around).filter((host) => !around.askedHostIds.includes(host.id));
  if (silent.length > 0) {
    const names = silent.map((host) => host.name).join(', ');
    return refused(
      `${vm.name} may run on ${names}, which has not been asked. Reconnect ${names}, or declare it dead if it is switched off.`,
    );
  }
  return hasRoom(
    vm,
    around.home,
    around.claimedMemoryMiB,
    `Free memory there, or shut down or move another VM.`,
  );
}

/** The hosts that must have said that they do not run the VM. */
export function mustBeAsked(vm: Vm, { others }: Surroundings): Surroundings['others'] {
  const moved = vm.reason === 'migrated' || isLeftByMigration(vm);
  return others.filter(
    (host) => !host.declaredDead && (moved || vm.copies.some((copy) => copy.hostId === host.id)),
  );
}
