import { DroverError } from '#shared/contract/errors.ts';
import type { CallOptions, RpcClient } from './client.ts';
import { LibvirtError } from './libvirtError.ts';
import { authList, authPolkit, authTypes } from './procedures/connection.ts';

/** Passes the host's authentication: none, or polkit (which asks nothing over this protocol). */
export async function authenticate(client: RpcClient, host: string, step: () => CallOptions): Promise<void> {
  const { types } = await client.call(authList, undefined, step());
  if (types.includes(authTypes.none)) return;
  if (!types.includes(authTypes.polkit)) throw demandsAnother(host, types);
  try {
    const { complete } = await client.call(authPolkit, undefined, step());
    if (complete !== 1) throw polkitRefused(host, 'polkit did not complete');
  } catch (error) {
    if (error instanceof LibvirtError) throw polkitRefused(host, error.libvirt.text, error);
    throw error;
  }
}

function polkitRefused(host: string, cause: string, source?: unknown): DroverError {
  return new DroverError({
    code: 'libvirt-no-rights',
    tried: `Log in to libvirt on ${host}`,
    cause: `polkit there did not let this account in (${cause})`,
    next: "Add the account to the group 'libvirt' on that host, or log in as root",
    source,
  });
}

function demandsAnother(host: string, types: readonly number[]): DroverError {
  const names = types.map((type) => (type === authTypes.sasl ? 'SASL' : `authentication type ${type}`));
  const demanded = names.length === 0 ? 'a way in that it does not name' : names.join(' or ');
  return new DroverError({
    code: 'libvirt-no-rights',
    tried: `Log in to libvirt on ${host}`,
    cause: `it demands ${demanded}, and Drover offers none and polkit only`,
    next: 'Set auth_unix_rw to "polkit" or "none" in /etc/libvirt/libvirtd.conf there (SSH has checked the login already)',
    details: { demanded },
  });
}
