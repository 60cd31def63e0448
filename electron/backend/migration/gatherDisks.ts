import type { Vm, VmDisk } from '#shared/model/vm.ts';
import type { StorageDriver } from '../drivers/drivers.ts';
import type { Proof } from '../sharedStorage/proof.ts';
import type { DiskFacts } from './facts.ts';

export interface StorageEnds {
  readonly source: StorageDriver;
  readonly destination: StorageDriver;
  /** Whether both see the same file at a path. */
  readonly prove: (path: string) => Promise<Proof>;
}

/** What each disk of a VM looks like from both ends. */
export async function gatherDisks(vm: Vm, ends: StorageEnds): Promise<readonly DiskFacts[]> {
  const disks = vm.disks.flatMap((disk) => (disk.source === undefined ? [] : [{ disk, path: disk.source }]));
  return await Promise.all(disks.map(({ disk, path }) => diskFacts(disk, path, ends)));
}

async function diskFacts(disk: VmDisk, path: string, ends: StorageEnds): Promise<DiskFacts> {
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
  const [found, chain, free] = await Promise.all([
    placed(path, place, readOnly, ends),
    Promise.all(disk.backingChain.map((base) => baseFacts(base, ends))),
    ends.destination.freeBytes(path),
  ]);
  return {
    ...common,
    place,
    shareable: disk.shareable,
    virtualBytes: here?.virtualBytes ?? 0,
    usedBytes: here?.usedBytes ?? 0,
    ...found,
    chain,
    ...(free === undefined ? {} : { freeBytesAtDestination: free }),
  };
}

async function baseFacts(
  base: { readonly path: string; readonly format: string },
  ends: StorageEnds,
): Promise<DiskFacts['chain'][number]> {
  if (!base.path.startsWith('/')) return { ...base, atDestination: 'shared', usedBytes: 0 };
  const here = await ends.source.inspect(base.path);
  return {
    ...base,
    atDestination: (await placed(base.path, here?.kind ?? 'file', true, ends)).atDestination,
    usedBytes: here?.usedBytes ?? 0,
  };
}

async function placed(
  path: string,
  place: 'file' | 'block',
  isRead: boolean,
  { source, destination, prove }: StorageEnds,
): Promise<Pick<DiskFacts, 'atDestination' | 'unproven'>> {
  const there = await destination.inspect(path);
  if (there === undefined) return { atDestination: 'absent' };
  // Beside a device lie other devices, not what it holds: a marker there would prove nothing.
  const proof = place === 'file' ? await prove(path) : undefined;
  if (proof?.proof === 'shared') return { atDestination: 'shared' };
  if (isRead) {
    const [ours, theirs] = await Promise.all([source.fingerprint(path), destination.fingerprint(path)]);
    return { atDestination: ours !== undefined && ours === theirs ? 'equal' : 'different' };
  }
  return {
    atDestination: 'different',
    ...(proof?.cause === undefined ? {} : { unproven: proof.cause }),
  };
}
