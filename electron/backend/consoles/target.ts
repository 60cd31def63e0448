import type { ErrorData } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Vm, VmState } from '#shared/model/vm.ts';

/** Where a VM's console is to be found, as far as is known now. */
export type ConsoleTarget =
  | { readonly kind: 'on'; readonly hostId: HostId; readonly hostName: string; readonly movingTo?: string }
  | { readonly kind: 'off'; readonly vmState: VmState }
  /** Its host does not answer just now. */
  | { readonly kind: 'away'; readonly error: ErrorData }
  | { readonly kind: 'gone' };

/** Pure: the VM and the hosts as the inventory has them; a VM that moves is on its source until it is settled elsewhere. */
export function consoleTarget(
  vm: Vm | undefined,
  hosts: readonly Host[],
  /** Where a task of ours is taking it. */
  destination?: HostId,
): ConsoleTarget {
  const home = hosts.find(({ id }) => id === vm?.hostId);
  if (vm === undefined || home === undefined) return { kind: 'gone' };
  if (home.connection.state !== 'connected') return { kind: 'away', error: awayError(home, vm) };
  if (vm.state !== 'active' && vm.state !== 'paused') return { kind: 'off', vmState: vm.state };
  // A move that another console has ordered shows only in the copy that is on its way.
  const arriving =
    vm.heldBy === undefined ? vm.copies.find(({ role }) => role === 'incoming')?.hostId : destination;
  const to = arriving === home.id ? undefined : hosts.find(({ id }) => id === arriving)?.name;
  return {
    kind: 'on',
    hostId: home.id,
    hostName: home.name,
    ...(to === undefined ? {} : { movingTo: to }),
  };
}

function awayError({ name, connection }: Host, vm: Vm): ErrorData {
  if (connection.state === 'unreachable' || connection.state === 'needs-attention') return connection.error;
  return {
    code: 'host-unreachable',
    message: `Open a console of ${vm.name}: Drover is connecting to ${name}. It opens by itself as soon as that answers.`,
  };
}

export function isSameTarget(one: ConsoleTarget, other: ConsoleTarget): boolean {
  if (one.kind === 'on') return other.kind === 'on' && one.hostId === other.hostId;
  if (one.kind === 'off') return other.kind === 'off' && one.vmState === other.vmState;
  return one.kind === other.kind;
}
