import type { Vm, VmDisk } from '#shared/model/vm.ts';
import type { StorageDriver } from '../drivers/drivers.ts';
import type { DiskFacts, ReadFileFacts } from './facts.ts';

export interface StorageEnds {
  readonly source: StorageDriver;
  readonly destination: StorageDriver;
}

/** What each disk of a VM looks like from both ends. One marker a folder, named after `token`. */
export async function gatherDisks(vm: Vm, ends: StorageEnds, token: string): Promise<readonly DiskFacts[]> {
  const look = new SharedFolders(ends, token);
  const disks = vm.disks.flatMap((disk) => (disk.source === undefined ? [] : [{ disk, path: disk.source }]));
  return await Promise.all(disks.map(({ disk, path }) => diskFacts(disk, path, ends, look)));
}

/**
 * A file written by one host and found by the other is the one proof that both see the same storage. Links are
 * followed, so each path is proven by itself; markers have one name, so the proofs follow each other.
 */
class SharedFolders {
  readonly #ends: StorageEnds;
  readonly #token: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ends: StorageEnds, token: string) {
    this.#ends = ends;
    this.#token = token;
  }

  isShared(path: string): Promise<boolean> {
    const proof = this.#last.then(() => this.#prove(path));
    this.#last = proof.catch(() => undefined);
    return proof;
  }

  async #prove(path: string): Promise<boolean> {
    const { source, destination } = this.#ends;
    try {
      await source.writeMarker(path, this.#token);
    } catch {
      // One that broke off may have been written all the same.
      await source.removeMarker(path, this.#token).catch(() => undefined);
      // What cannot be proven is not claimed: such disks count as not shared.
      return false;
    }
    try {
      return await destination.hasMarker(path, this.#token);
    } finally {
      await source.removeMarker(path, this.#token);
    }
  }
}

async function diskFacts(
  disk: VmDisk,
  path: string,
  ends: StorageEnds,
  folders: SharedFolders,
): Promise<DiskFacts> {
  const readOnly = disk.readOnly || disk.device === 'cdrom';
  const common = { target: disk.target, path, format: disk.format, cache: disk.cache, readOnly };
  if (!path.startsWith('/')) {
    return {
      ...common,
      place: 'network',
      shareable: disk.shareable,
      virtualBytes: 0,
      usedBytes: 0,
      atDestination: 'shared',
      chain: [],
    };
  }
  const here = await ends.source.inspect(path);
  const place = here?.kind ?? 'file';
  const [atDestination, chain, free] = await Promise.all([
    placed(path, place, readOnly, ends, folders),
    Promise.all(disk.backingChain.map((base) => baseFacts(base, ends, folders))),
    ends.destination.freeBytes(path),
  ]);
  return {
    ...common,
    place,
    shareable: disk.shareable,
    virtualBytes: here?.virtualBytes ?? 0,
    usedBytes: here?.usedBytes ?? 0,
    atDestination,
    chain,
    ...(free === undefined ? {} : { freeBytesAtDestination: free }),
  };
}

async function baseFacts(
  base: { readonly path: string; readonly format: string },
  ends: StorageEnds,
  folders: SharedFolders,
): Promise<DiskFacts['chain'][number]> {
  if (!base.path.startsWith('/')) return { ...base, atDestination: 'shared', usedBytes: 0 };
  const here = await ends.source.inspect(base.path);
  return {
    ...base,
    atDestination: await placed(base.path, here?.kind ?? 'file', true, ends, folders),
    usedBytes: here?.usedBytes ?? 0,
  };
}

async function placed(
  path: string,
  place: 'file' | 'block',
  isRead: boolean,
  { source, destination }: StorageEnds,
  folders: SharedFolders,
): Promise<ReadFileFacts['atDestination']> {
  const there = await destination.inspect(path);
  if (there === undefined) return 'absent';
  // Beside a device lie other devices, not what it holds: a marker there would prove nothing.
  if (place === 'file' && (await folders.isShared(path))) return 'shared';
  if (!isRead) return 'different';
  const [ours, theirs] = await Promise.all([source.fingerprint(path), destination.fingerprint(path)]);
  return ours !== undefined && ours === theirs ? 'equal' : 'different';
}
