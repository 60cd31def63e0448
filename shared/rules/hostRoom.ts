import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** Memory kept free on a host for itself, whatever it promises to VMs. */
export const hostReserveMiB = 64;

/** Whether the host has memory for the VM beside what running tasks have been promised there. */
export function hasRoom(vm: Vm, host: Host, claimedMemoryMiB: number, otherwise: string): Verdict {
  if (host.capacity === undefined) return allowed;
  const room = host.capacity.memoryFreeMiB - hostReserveMiB - claimedMemoryMiB;
  if (room >= vm.memoryMiB) return allowed;
  return refused(
    `${host.name} has ${Math.max(0, Math.floor(room))} MiB free for VMs and ${vm.name} needs ${vm.memoryMiB} MiB. ${otherwise}`,
    'no-room',
  );
}
