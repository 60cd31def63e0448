import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import { hostReserveMiB } from '#shared/rules/hostRoom.ts';

/** What could still be started, and what would be left of it without the host that would be missed most. */
export interface Headroom {
  readonly hosts: number;
  readonly memoryMiB: number;
  readonly memoryTotalMiB: number;
  /** What no VM and nothing else uses just now; undefined where no host was measured. */
  readonly cpus: number | undefined;
  readonly cpusTotal: number;
  /** A VM is on one host: the most that fits. */
  readonly largest: { readonly host: Host; readonly memoryMiB: number } | undefined;
  /** undefined where there is nowhere to go. */
  readonly without: Without | undefined;
}

export interface Without {
  readonly host: Host;
  readonly vms: number;
  readonly memoryMiB: number;
  /** VMs of it that would find room on no other host, largest first. */
  readonly homeless: readonly Vm[];
  /** What is left on the others once the rest is there. */
  readonly leftMiB: number;
}

/** Of the hosts of one cluster. Only those that answer count: what runs on others, and whether it does, is not known. */
export function headroomOf(
  hosts: readonly Host[],
  vms: readonly Vm[],
  cpuShare: (host: Host) => number | undefined,
): Headroom | undefined {
  const known = hosts.filter((host) => host.connection.state === 'connected' && host.capacity !== undefined);
  if (known.length === 0) return undefined;
  const rooms = known
    .map((host) => ({ host, memoryMiB: roomOf(host) }))
    .sort((a, b) => b.memoryMiB - a.memoryMiB);
  const [largest] = rooms;
  const measured = known.flatMap((host) => {
    const share = cpuShare(host);
    return share === undefined ? [] : [(host.capacity?.cpus ?? 0) * (1 - share)];
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    hosts: known.length,
    memoryMiB: sum(rooms.map(({ memoryMiB }) => memoryMiB)),
    memoryTotalMiB: sum(known.map((host) => host.capacity?.memoryMiB ?? 0)),
    cpus: measured.length === 0 ? undefined : sum(measured),
    cpusTotal: sum(known.map((host) => host.capacity?.cpus ?? 0)),
    largest,
    without: known.length < 2 ? undefined : worst(losses(known, rooms, vms)),
  };
}

const roomOf = (host: Host): number => Math.max(0, (host.capacity?.memoryFreeMiB ?? 0) - hostReserveMiB);

interface Room {
  readonly host: Host;
  readonly memoryMiB: number;
}

/** Of each host by itself; `rooms` largest first. Linear in hosts and VMs: there may be a thousand of ten each. */
function losses(known: readonly Host[], rooms: readonly Room[], vms: readonly Vm[]): readonly Without[] {
  const running = new Map<HostId, Vm[]>(known.map(({ id }) => [id, []]));
  for (const vm of vms) if (vm.state === 'active' || vm.state === 'paused') running.get(vm.hostId)?.push(vm);
  const allMiB = rooms.reduce((total, { memoryMiB }) => total + memoryMiB, 0);
  return known.map((host) => {
    const moving = (running.get(host.id) ?? []).sort((a, b) => b.memoryMiB - a.memoryMiB);
    return without(host, rooms, allMiB, moving);
  });
}

function without(host: Host, rooms: readonly Room[], allMiB: number, moving: readonly Vm[]): Without {
  // So many VMs never need more than so many of the largest rooms, and one of these may be the host's own.
  const left = rooms
    .slice(0, moving.length + 1)
    .filter((room) => room.host !== host)
    .map(({ memoryMiB }) => memoryMiB);
  let placedMiB = 0;
  // The largest first, each where most is left: as good as it gets without moving what runs there already.
  const homeless = moving.filter((vm) => {
    const place = left.indexOf(Math.max(...left));
    const room = left[place];
    if (room === undefined || room < vm.memoryMiB) return true;
    left[place] = room - vm.memoryMiB;
    placedMiB += vm.memoryMiB;
    return false;
  });
  return {
    host,
    vms: moving.length,
    memoryMiB: moving.reduce((total, vm) => total + vm.memoryMiB, 0),
    homeless,
    leftMiB: allMiB - roomOf(host) - placedMiB,
  };
}

/** The host that would be missed most: whose VMs find least room, or leave least. */
function worst(losses: readonly Without[]): Without | undefined {
  const lacking = ({ homeless }: Without) => homeless.reduce((total, vm) => total + vm.memoryMiB, 0);
  const [first] = [...losses].sort((a, b) => lacking(b) - lacking(a) || a.leftMiB - b.leftMiB);
  return first;
}
