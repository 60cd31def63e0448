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
  const ranked = [...instances].sort((left, right) => rank(right, previousHome) - rank(left, previousHome));
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
  active: 4,
  paused: 3,
  suspended: 2,
  inactive: 1,
  unknown: 0,
};

function rank(instance: Instance, previousHome: HostId | undefined): number {
  return (
    stateRank[instance.domain.state] * 8 +
    (isIncoming(instance) ? -6 : 0) +
    (instance.current ? 2 : 0) +
    (instance.hostId === previousHome ? 1 : 0)
  );
}

/** QEMU waits there for a migration to arrive. */
function isIncoming({ domain }: Instance): boolean {
  return domain.state === 'paused' && (domain.reason === 'migration' || domain.reason === 'starting-up');
}

function copyOf(other: Instance, home: Instance, heldBy: TaskId | undefined): VmCopy {
  const { state, reason } = other.domain;
  const role =
    heldBy !== undefined && isIncoming(other) ? 'incoming' : state === 'inactive' ? 'stale' : 'orphan';
  return { hostId: other.hostId, role: home.current || other.current ? role : 'stale', state, reason };
}
