import type { ClusterId, HostId, TaskId } from '#shared/model/ids.ts';
import { vmId } from '#shared/model/ids.ts';
import type { Vm, VmCopy, VmState } from '#shared/model/vm.ts';
import type { DomainDescription } from '../drivers/drivers.ts';

/** One host's word about a domain. */
export interface Instance {
  readonly hostId: HostId;
  readonly domain: DomainDescription;
  /** False while that host does not answer: the word is then its last. */
  readonly current: boolean;
}

/**
 * One VM out of what every host of its cluster says of its UUID: where it is at home, and which other definitions
 * are copies of it. A running instance beats a paused one, that a saved one, that an inactive one; a host that
 * answers beats one that does not; the home it had beats any other. One paused by migration or still starting up is
 * the incoming end while another runs.
 */
export function settleVm(
  clusterId: ClusterId,
  instances: readonly Instance[],
  previousHome: HostId | undefined,
  heldBy: TaskId | undefined,
): Vm | undefined {
  const ranked = instances.toSorted((left, right) => compare(left, right, previousHome));
  const [home, ...others] = ranked;
  if (home === undefined) return undefined;
  const { domain } = home;
  return {
    ...domain,
    id: vmId(clusterId, domain.uuid),
    clusterId,
    hostId: home.hostId,
    copies: others.map((other) => copyOf(other, home, heldBy)),
    ...(heldBy === undefined ? {} : { heldBy }),
    current: home.current,
  };
}

const stateRank: Readonly<Record<VmState, number>> = {
  active: 5,
  paused: 4,
  suspended: 2,
  inactive: 1,
  unknown: 0,
};
const incomingRank = 3;

/** Positive where `right` is more the VM than `left`; never 0, so that the order of answers decides nothing. */
function compare(left: Instance, right: Instance, previousHome: HostId | undefined): number {
  return (
    rankOf(right) - rankOf(left) ||
    Number(right.current) - Number(left.current) ||
    Number(right.hostId === previousHome) - Number(left.hostId === previousHome) ||
    // The incoming end is defined for good only when it has arrived.
    Number(right.domain.persistent) - Number(left.domain.persistent) ||
    (left.hostId < right.hostId ? -1 : 1)
  );
}

function rankOf(instance: Instance): number {
  return isIncoming(instance) ? incomingRank : stateRank[instance.domain.state];
}

/** QEMU waits there for a migration to arrive. */
function isIncoming({ domain }: Instance): boolean {
  return domain.state === 'paused' && (domain.reason === 'migration' || domain.reason === 'starting-up');
}

/**
 * Incoming: a migration is bringing the VM there (libvirt defines it for good only at the end). Stale: it does not
 * execute there, or that host's word is old. Orphan: instantiated beside the VM, which should not be.
 */
function copyOf(other: Instance, home: Instance, heldBy: TaskId | undefined): VmCopy {
  const { state, reason, persistent } = other.domain;
  const copy = { hostId: other.hostId, state, reason };
  if (isIncoming(other)) {
    const arriving = heldBy !== undefined || (other.current && !persistent && isInstantiated(home));
    return { ...copy, role: arriving ? 'incoming' : 'stale' };
  }
  return { ...copy, role: other.current && isInstantiated(other) ? 'orphan' : 'stale' };
}

function isInstantiated({ domain }: Instance): boolean {
  return domain.state === 'active' || domain.state === 'paused';
}
