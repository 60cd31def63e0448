import type { CallOptions } from '../drivers.ts';
import type { HostLink } from './hostLink.ts';
import { LibvirtError, libvirtErrorCodes, networkIsActive, networkLookupByName } from './rpc/rpc.ts';
import { quote } from './ssh/shell.ts';

interface Nic {
  readonly kind: string;
  readonly source: string;
}

/**
 * libvirt finds out at the destination only while it prepares, and says it of a device. A bridge, or the device under
 * a macvtap, is a network interface of the host; a network is libvirt's own.
 */
export async function missingNetworks(
  link: HostLink,
  nics: readonly Nic[],
  options: CallOptions | undefined,
): Promise<readonly string[]> {
  const named = (kind: string) => [
    ...new Set(nics.filter((nic) => nic.kind === kind && nic.source !== '').map((nic) => nic.source)),
  ];
  const [bridges, networks] = await Promise.all([
    missingInterfaces(link, named('bridge'), options),
    Promise.all(named('network').map((name) => networkTrouble(link, name, options))),
  ]);
  return [...bridges.map((name) => `no bridge ${name}`), ...networks.flatMap((trouble) => trouble ?? [])];
}

async function missingInterfaces(
  link: HostLink,
  names: readonly string[],
  options: CallOptions | undefined,
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const script = `for name in ${names.map(quote).join(' ')}; do test -e "/sys/class/net/$name" || printf '%s\\n' "$name"; done`;
  const { stdout } = await link.login().exec(script, options ?? {});
  return stdout.split('\n').filter((line) => line !== '');
}

async function networkTrouble(
  link: HostLink,
  name: string,
  options: CallOptions | undefined,
): Promise<string | undefined> {
  const { control } = link.channels();
  try {
    const { net } = await control.call(networkLookupByName, { name }, options);
    const { active } = await control.call(networkIsActive, { net }, options);
    return active === 1 ? undefined : `the network ${name} is not started`;
  } catch (thrown) {
    if (thrown instanceof LibvirtError && thrown.libvirt.code === libvirtErrorCodes.noNetwork) {
      return `no network ${name}`;
    }
    throw thrown;
  }
}
