import type { Host } from '../model/host.ts';
import type { MigrationOptions } from '../model/migration.ts';
import type { Vm } from '../model/vm.ts';
import { heardFrom } from './heardFrom.ts';
import { hasRoom } from './hostRoom.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

const whatFirst: Readonly<Record<Exclude<Vm['state'], 'active'>, string>> = {
  inactive: 'Start it first.',
  paused: 'Resume it first.',
  suspended: 'Restore it first.',
  unknown: 'Look at its host first.',
};

/** What both sides know without asking the hosts; the plan asks them for the rest. */
export function canMigrate(
  vm: Vm,
  from: Host,
  to: Host,
  options: MigrationOptions,
  claimedMemoryMiB: number,
): Verdict {
  if (from.id === to.id) {
    return refused(`${vm.name} already runs on ${to.name}. Choose another host.`, 'same-host');
  }
  if (vm.clusterId !== to.clusterId) {
    return refused(`${to.name} is not in ${vm.name}'s physical cluster, so it cannot take it over.`);
  }
  if (vm.heldBy !== undefined) {
    return refused(`Another task is working on ${vm.name}. Wait for it, or cancel it in Activity.`);
  }
  const heard = heardFrom(vm, from);
  if (!heard.allowed) return heard;
  if (to.connection.state !== 'connected') {
    return refused(`${to.name} does not answer. Reconnect it first.`);
  }
  if (vm.state !== 'active') {
    return refused(
      `${vm.name} is ${vm.state}; only an active VM can be migrated live. ${whatFirst[vm.state]}`,
    );
  }
  if (vm.hasSnapshots) {
    return refused(`${vm.name} has snapshots, and libvirt refuses to migrate with any. Delete them first.`);
  }
  const running = vm.copies.find((copy) => copy.hostId === to.id && copy.state === 'active');
  if (running !== undefined) {
    return refused(`${to.name} already runs a copy of ${vm.name}. Resolve that copy first.`);
  }
  if (to.capacity !== undefined && !to.capacity.kvm && vm.domainType === 'kvm') {
    return refused(`${vm.name} needs KVM, which ${to.name} does not offer. Choose a host with KVM.`);
  }
  const room = hasRoom(vm, to, claimedMemoryMiB, 'Free memory there or choose another host.');
  if (!room.allowed) return room;
  if (options.postCopy && options.copyStorage) {
    return refused(`Post-copy and copying storage do not go together. Turn one of them off for ${vm.name}.`);
  }
  return allowed;
}
