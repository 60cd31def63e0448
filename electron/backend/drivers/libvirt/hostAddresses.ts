import { isIP } from 'node:net';
import type { CallOptions } from '../drivers.ts';
import type { HostLink } from './hostLink.ts';

/**
 * Where other hosts may reach this one. A name is looked up on the host's side of the link by its own addresses, since
 * other hosts need not know the name; loopback is no way to reach anybody.
 */
export async function hostAddresses(
  link: HostLink,
  options: CallOptions | undefined,
): Promise<readonly string[]> {
  const { stdout } = await link
    .login()
    .exec(
      'hostname -I 2>/dev/null || ip -o addr show scope global | awk \'{split($4,a,"/"); print a[1]}\'',
      options ?? {},
    );
  const own = stdout.split(/\s+/).filter((word) => isIP(word) !== 0 && !isLoopback(word));
  const given = link.address.host;
  const first = isIP(given) !== 0 && !isLoopback(given) ? [given] : [];
  return [...new Set([...first, ...own])];
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('fe80:');
}
