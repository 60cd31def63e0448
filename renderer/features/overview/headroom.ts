import type { Host } from '#shared/model/host.ts';
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
  const rooms = new Map(known.map((host) => [host, roomOf(host)]));
  const [largest] = [...rooms].sort(([, a], [, b]) => b - a);
  const measured = known.flatMap((host) => {
    const share = cpuShare(host);
    return share === undefined ? [] : [(host.capacity?.cpus ?? 0) * (1 - share)];
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    hosts: known.length,
    memoryMiB: sum([...rooms.values()]),
    memoryTotalMiB: sum(known.map((host) => host.capacity?.memoryMiB ?? 0)),
    cpus: measured.length === 0 ? undefined : sum(measured),
    cpusTotal: sum(known.map((host) => host.capacity?.cpus ?? 0)),
    largest: largest && { host: largest[0], memoryMiB: largest[1] },
    without: known.length < 2 ? undefined : worst(known.map((host) => without(host, rooms, vms))),
  };
}

const roomOf = (host: Host): number => Math.max(0, (host.capacity?.memoryFreeMiB ?? 0) - hostReserveMiB);

function without(host: Host, rooms: ReadonlyMap<Host, number>, vms: readonly Vm[]): Without {
  const moving = vms
    .filter((vm) => vm.hostId === host.id && (vm.state === 'active' || vm.state === 'paused'))
    .sort((a, b) => b.memoryMiB - a.memoryMiB);
  const left = [...rooms].filter(([other]) => other !== host).map(([, room]) => room);
  // The largest first, each where most is left: as good as it gets without moving what runs there already.
  const homeless = moving.filter((vm) => {
    const place = left.indexOf(Math.max(...left));
    const room = left[place];
    if (room === undefined || room < vm.memoryMiB) return true;
    left[place] = room - vm.memoryMiB;
    return false;
  });
  return {
    host,
    vms: moving.length,
    memoryMiB: moving.reduce((total, vm) => total + vm.memoryMiB, 0),
    homeless,
    leftMiB: left.reduce((total, room) => total + room, 0),
  };
}

/** The host that would be missed most: whose VMs find least room, or leave least. */
function worst(losses: readonly Without[]): Without | undefined {
  const lacking = ({ homeless }: Without) => homeless.reduce((total, vm) => total + vm.memoryMiB, 0);
  const [first] = [...losses].sort((a, b) => lacking(b) - lacking(a) || a.leftMiB - b.leftMiB);
  return first;
}
