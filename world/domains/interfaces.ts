import type { VmNic } from '#shared/model/vm.ts';
import type { VmInterface } from '#shared/model/vmDetails.ts';
import { guestColumn, guestColumns, makeColumns, readGuests } from '../hosts/columns.ts';
import type { HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { requireDomain } from './find.ts';

/** As libvirt would tell it: the agent of a guest that is up, else what the network's DHCP gave. */
export function domainInterfaces(world: World, host: HostState, uuid: string): readonly VmInterface[] {
  const { definition, instance } = requireDomain(host, uuid, 'domainInterfaceAddresses');
  const columns = makeColumns(guestColumns, Object.keys(host.domains).length);
  const row = readGuests(world, host, columns).findIndex(({ domain }) => domain.uuid === uuid);
  return definition.nics.map((nic, index): VmInterface => {
    const addressesFrom = instance === undefined ? undefined : tellerOf(nic, instance);
    return {
      mac: nic.mac,
      link: 'up',
      addresses: addressesFrom === undefined ? [] : [addressOf(nic)],
      ...(addressesFrom === undefined ? {} : { addressesFrom }),
      // All that a guest sends and receives goes over its first one.
      ...(row < 0
        ? {}
        : {
            receivedBytes:
              index === 0 ? Math.round(guestColumn(columns, 'networkReceiveBytes')[row] ?? 0) : 0,
            sentBytes: index === 0 ? Math.round(guestColumn(columns, 'networkSendBytes')[row] ?? 0) : 0,
          }),
    };
  });
}

function tellerOf(nic: VmNic, { state, guest }: InstanceState): VmInterface['addressesFrom'] {
  if (state === 'active' && guest.phase === 'up' && !guest.hung) return 'agent';
  return nic.kind === 'network' && guest.phase === 'up' ? 'lease' : undefined;
}

/** The same wherever it runs: it is worked out from the MAC, as a DHCP server with a long memory would. */
function addressOf({ mac, kind }: VmNic): string {
  const [fifth = 0, last = 0] = mac
    .split(':')
    .slice(-2)
    .map((part) => Number.parseInt(part, 16));
  const place = 2 + (last % 250);
  return kind === 'network' ? `192.168.122.${place}/24` : `10.90.${1 + (fifth % 250)}.${place}/16`;
}
