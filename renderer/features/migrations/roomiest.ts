import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Destination } from './DestinationList.tsx';

/** Of the hosts that can take a VM the one with most memory free. */
export function roomiest(
  destinations: readonly Destination[],
  hosts: ReadonlyMap<HostId, Host>,
): HostId | undefined {
  const freeMiB = (id: HostId): number => hosts.get(id)?.capacity?.memoryFreeMiB ?? 0;
  return destinations
    .filter((each) => each.allowed)
    .map((each) => each.hostId)
    .sort((a, b) => freeMiB(b) - freeMiB(a))[0];
}
