import { byName } from '#shared/model/byName.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { CallOptions } from '../drivers.ts';
import { parseXml } from '../xml/xmlDocument.ts';
import type { HostAccess } from './hostLink.ts';
import {
  connectListAllNetworks,
  connectListAllStoragePools,
  type LibvirtConnection,
  LibvirtError,
  networkGetBridgeName,
  storagePoolGetInfo,
  storagePoolGetXmlDesc,
} from './rpc/rpc.ts';
import { quote } from './ssh/shell.ts';

type Pool = HostInspection['pools'][number];

/** virConnectListAllStoragePoolsFlags and virConnectListAllNetworksFlags agree in these. */
const listFlags = { all: 0, active: 2, autostart: 16 } as const;

/** Folders of pools can be those of a server that is gone, where a look never returns. */
const folderSeconds = 3;

export async function inspectPools(
  link: HostAccess,
  options: CallOptions | undefined,
): Promise<readonly Pool[]> {
  const { control } = link.channels();
  const list = async (flags: number) =>
    (await control.call(connectListAllStoragePools, { needResults: 1, flags }, options)).pools;
  const [all, active, autostart] = await Promise.all([
    list(listFlags.all),
    list(listFlags.active),
    list(listFlags.autostart),
  ]);
  const [isActive, startsItself] = [namesOf(active), namesOf(autostart)];
  const described = await Promise.all(
    byName(all).map(async (pool): Promise<Pool> => {
      const [{ xml }, info] = await Promise.all([
        control.call(storagePoolGetXmlDesc, { pool }, options),
        control.call(storagePoolGetInfo, { pool }, options),
      ]);
      const element = parseXml(xml, 'pool');
      const path = element.child('target')?.child('path')?.text;
      return {
        name: pool.name,
        kind: element.attribute('type') ?? 'unknown',
        ...(path === undefined || path === '' ? {} : { path }),
        active: isActive.has(pool.name),
        autostart: startsItself.has(pool.name),
        capacityBytes: Number(info.capacity),
        availableBytes: Number(info.available),
      };
    }),
  );
  return await withFolders(link, described, options);
}

const inFolders: ReadonlySet<string> = new Set(['dir', 'fs', 'netfs', 'gluster', 'vstorage']);

/** What libvirt says of a pool's room is as old as its last refresh; the folder's file system says what is so now. */
async function withFolders(
  link: HostAccess,
  pools: readonly Pool[],
  options: CallOptions | undefined,
): Promise<readonly Pool[]> {
  const paths = pools.flatMap(({ kind, path }) => (path !== undefined && inFolders.has(kind) ? [path] : []));
  if (paths.length === 0) return pools;
  const look = `w=no; [ -w "$1" ] && w=yes; echo "$w $(stat -f -c "%b %a %S" -- "$1") $(stat -L -c %d -- "$1")"`;
  const script = `for path in ${paths.map(quote).join(' ')}; do timeout ${folderSeconds} sh -c ${quote(look)} sh "$path" 2>/dev/null || echo; done`;
  const { stdout } = await link.login().exec(`LC_ALL=C; export LC_ALL; ${script}`, options ?? {});
  const lines = stdout.split('\n');
  return pools.map((pool) => {
    const at = pool.path === undefined || !inFolders.has(pool.kind) ? -1 : paths.indexOf(pool.path);
    const [, writable, blocks, free, size, device] =
      /^(yes|no) (\d+) (\d+) (\d+) (\d+)$/.exec(lines[at] ?? '') ?? [];
    if (writable === undefined || device === undefined) return pool;
    return {
      ...pool,
      writable: writable === 'yes',
      device,
      capacityBytes: Number(blocks) * Number(size),
      availableBytes: Number(free) * Number(size),
    };
  });
}

type Network = HostInspection['networks'][number] & { readonly bridge?: string };

/** Each with the bridge it made, if it made one: that is no bridge of the host's own. */
export async function inspectNetworks(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<readonly Network[]> {
  const list = async (flags: number) =>
    (await connection.call(connectListAllNetworks, { needResults: 1, flags }, options)).nets;
  const [all, active, autostart] = await Promise.all([
    list(listFlags.all),
    list(listFlags.active),
    list(listFlags.autostart),
  ]);
  const [isActive, startsItself] = [namesOf(active), namesOf(autostart)];
  return await Promise.all(
    byName(all).map(async (net): Promise<Network> => {
      const bridge = await bridgeOf(connection, net, options);
      return {
        name: net.name,
        kind: 'network',
        active: isActive.has(net.name),
        autostart: startsItself.has(net.name),
        ...(bridge === undefined ? {} : { bridge }),
      };
    }),
  );
}

async function bridgeOf(
  connection: LibvirtConnection,
  net: { readonly name: string; readonly uuid: string },
  options: CallOptions | undefined,
): Promise<string | undefined> {
  try {
    return (await connection.call(networkGetBridgeName, { net }, options)).name;
  } catch (thrown) {
    // Networks that only lead to a device of the host have none.
    if (thrown instanceof LibvirtError) return undefined;
    throw thrown;
  }
}

function namesOf(all: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(all.map(({ name }) => name));
}
