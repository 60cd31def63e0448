import { DroverError } from '#shared/contract/errors.ts';
import type { VmInterface } from '#shared/model/vmDetails.ts';
import type { CallOptions } from '../drivers.ts';
import { parseInterfaces } from '../xml/domainInterfaces.ts';
import { refOf } from './domains.ts';
import type { HostAccess } from './hostLink.ts';
import {
  domainGetXmlDesc,
  domainInterfaceAddresses,
  domainInterfaceStats,
  type LibvirtConnection,
  LibvirtError,
} from './rpc/rpc.ts';

type AddressSource = NonNullable<VmInterface['addressesFrom']>;

/** VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_*, the surest first. */
const sources: readonly (readonly [AddressSource, number])[] = [
  ['agent', 1],
  ['lease', 0],
  ['arp', 2],
];
/** An agent that hangs must not keep the rest. */
const agentDeadlineMs = 3000;
const ipv6 = 1;

/** What the host knows of a domain's interfaces. Who cannot tell an address is passed over for the next who may. */
export async function domainInterfaces(
  link: HostAccess,
  uuid: string,
  options: CallOptions | undefined,
): Promise<readonly VmInterface[]> {
  const connection = link.channels().statistics;
  const { xml } = await connection.call(domainGetXmlDesc, { dom: refOf(uuid) }, options);
  const { interfaces, agentConnected } = parseInterfaces(xml);
  // Only what runs has a device on its host.
  const runs = interfaces.some(({ device }) => device !== undefined);
  const asked = sources.filter(([source]) => runs && (source !== 'agent' || agentConnected));
  const [answers, counters] = await Promise.all([
    Promise.all(
      asked.map(async ([source, number]) => ({
        source,
        byMac: await addresses(connection, uuid, number, options),
      })),
    ),
    Promise.all(interfaces.map(({ device }) => countersOf(connection, uuid, device, options))),
  ]);
  return interfaces.map(({ mac, link: state }, index): VmInterface => {
    const found = answers.find(({ byMac }) => (byMac.get(mac.toLowerCase()) ?? []).length > 0);
    return {
      mac,
      link: state,
      addresses: found?.byMac.get(mac.toLowerCase()) ?? [],
      ...(found === undefined ? {} : { addressesFrom: found.source }),
      ...counters[index],
    };
  });
}

/** IPv4 first; a link's own address says nothing that its MAC does not. */
async function addresses(
  connection: LibvirtConnection,
  uuid: string,
  source: number,
  options: CallOptions | undefined,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await unlessRefused(
    connection.call(
      domainInterfaceAddresses,
      { dom: refOf(uuid), source, flags: 0 },
      source === 1 ? { ...options, deadlineMs: agentDeadlineMs } : options,
    ),
  );
  const found = new Map<string, readonly string[]>();
  for (const { hwaddr, addrs } of answer?.ifaces ?? []) {
    const told = addrs
      .filter(({ addr }) => !/^fe80:/i.test(addr))
      .toSorted((one, other) => Number(one.type === ipv6) - Number(other.type === ipv6))
      .map(({ addr, prefix }) => (prefix === 0 ? addr : `${addr}/${prefix}`));
    const mac = hwaddr?.toLowerCase() ?? '';
    found.set(mac, [...(found.get(mac) ?? []), ...told]);
  }
  return found;
}

async function countersOf(
  connection: LibvirtConnection,
  uuid: string,
  device: string | undefined,
  options: CallOptions | undefined,
): Promise<Pick<VmInterface, 'receivedBytes' | 'sentBytes'>> {
  if (device === undefined) return {};
  const told = await unlessRefused(
    connection.call(domainInterfaceStats, { dom: refOf(uuid), device }, options),
  );
  return {
    ...(told === undefined || told.rxBytes < 0n ? {} : { receivedBytes: Number(told.rxBytes) }),
    ...(told === undefined || told.txBytes < 0n ? {} : { sentBytes: Number(told.txBytes) }),
  };
}

/** No agent, no leases, no such device any more: the host has nothing to say. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof LibvirtError) return undefined;
    if (thrown instanceof DroverError && thrown.code === 'timed-out') return undefined;
    throw thrown;
  }
}
