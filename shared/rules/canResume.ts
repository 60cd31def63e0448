import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { isFree } from './isFree.ts';
import { isLeftByMigration } from './leftByMigration.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/**
 * A domain paused by migration may be running on the other host: it is resumed only after every other host of
 * the cluster that may hold it has been asked. `askedHosts` are those that answered that they do not run it.
 */
export function canResume(
  vm: Vm,
  home: Host,
  others: readonly Host[],
  askedHostIds: readonly string[],
): Verdict {
  const free = isFree(vm, home);
  if (!free.allowed) return free;
  if (vm.state !== 'paused') {
    return refused(`${vm.name} is ${vm.state}, not paused.`);
  }
  const runningCopy = vm.copies.find((copy) => copy.state === 'active');
  if (runningCopy !== undefined) {
    return refused(`${vm.name} runs on another host already; a second running copy would corrupt its disks.`);
  }
  if (isLeftByMigration(vm)) {
    const silent = others.filter((host) => !host.declaredDead && !askedHostIds.includes(host.id));
    if (silent.length > 0) {
      const names = silent.map((host) => host.name).join(', ');
      return refused(
        `${vm.name} was paused by a migration and may run on ${names}, which has not been asked. Reconnect ${names}, or declare it dead if it is switched off.`,
      );
    }
  }
  return allowed;
}
