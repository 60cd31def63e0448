import { dirname } from 'node:path/posix';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { DiskFacts } from './facts.ts';
import type { MigrationArguments } from './migrationArguments.ts';

/** Cache modes that keep nothing in the host's memory which the other host would not see. */
const coherentCaches: readonly string[] = ['none', 'directsync'];

export interface StoragePlan {
  readonly copy: MigrationArguments['copyStorage'];
  readonly copyDisks: readonly string[];
  readonly unsafe: boolean;
  readonly sharedDisks: readonly string[];
  readonly create: MigrationArguments['createImages'];
  /** What each of those is thought to take of the destination's storage. */
  readonly takes: readonly { readonly path: string; readonly bytes: number }[];
  readonly reason: string;
}

/** What running tasks have been promised of a folder. */
export interface PromisedSpace {
  readonly bytes: number;
  readonly titles: readonly string[];
}

/** How the VM's disks come to be at the destination, or a DroverError that says which cannot and what to do. */
export function planStorage(
  tried: string,
  to: Host,
  copyStorage: boolean,
  disks: readonly DiskFacts[],
  promised: (folder: string) => PromisedSpace,
): StoragePlan {
  const written = disks.filter((disk) => !disk.readOnly);
  const apart = written.filter((disk) => disk.atDestination !== 'shared');
  const shared = written.filter((disk) => disk.atDestination === 'shared');
  refuseMissingReads(tried, to, disks, copyStorage);
  refuseCached(tried, to, shared);
  if (!copyStorage) refuseApart(tried, to, apart);
  else if (apart.length === 0 && written.length > 0) refuseNothingToCopy(tried, to);
  const copied = copyStorage ? planCopy(tried, to, apart, promised) : noCopy;
  const proven = shared.filter((disk) => disk.place === 'file');
  return {
    ...copied,
    unsafe: proven.length > 0,
    sharedDisks: proven.map((disk) => disk.path),
    reason: [...(copied.reason === '' ? [] : [copied.reason]), ...reasonsOf(to, written, proven)].join('; '),
  };
}

function reasonsOf(to: Host, written: readonly DiskFacts[], proven: readonly DiskFacts[]): readonly string[] {
  if (written.length === 0) return ['the VM has no disk that it writes'];
  if (proven.length === 0) return [];
  return [
    `a marker written beside each disk on the source was found at ${to.name}, so both see the same files`,
  ];
}

/** A base or a CD that is not there, or is another: the guest would read something else all of a sudden. */
function refuseMissingReads(
  tried: string,
  to: Host,
  disks: readonly DiskFacts[],
  copyStorage: boolean,
): void {
  for (const disk of disks) {
    // A disk that is copied whole leaves its bases behind.
    const isCopied = copyStorage && !disk.readOnly && disk.atDestination !== 'shared';
    const read = [...(disk.readOnly ? [disk] : []), ...(isCopied ? [] : disk.chain)];
    const lacking = read.find(
      (file) => file.atDestination === 'absent' || file.atDestination === 'different',
    );
    if (lacking === undefined) continue;
    const isAbsent = lacking.atDestination === 'absent';
    throw new DroverError({
      code: 'storage-missing',
      tried,
      cause: isAbsent
        ? `${to.name} has no ${lacking.path}, which disk ${disk.target} reads`
        : `${lacking.path}, which disk ${disk.target} reads, is another file on ${to.name}`,
      next: disk.readOnly
        ? 'Copy it there, or take it out of the VM'
        : 'Copy it there, or copy the disks as well (--copy-storage)',
    });
  }
}

function refuseCached(tried: string, to: Host, shared: readonly DiskFacts[]): void {
  const cached = shared.find(
    (disk) => disk.place === 'file' && !coherentCaches.includes(disk.cache) && !disk.shareable,
  );
  if (cached === undefined) return;
  throw new DroverError({
    code: 'storage-not-shared',
    tried,
    cause: `disk ${cached.target} has the cache mode ${cached.cache}, so writes that ${to.name} does not see may be held back by the source`,
    next: "Set cache='none' on the disk and restart the VM",
  });
}

function refuseApart(tried: string, to: Host, apart: readonly DiskFacts[]): void {
  const [alone] = apart;
  if (alone === undefined) return;
  if (alone.place === 'block') {
    throw new DroverError({
      code: 'storage-not-shared',
      tried,
      cause: `disk ${alone.target} is the device ${alone.path}, and whether ${to.name} sees the same one cannot be proven`,
      next: 'Put the disk into a file on storage that both hosts share',
    });
  }
  if (alone.unproven !== undefined) {
    throw new DroverError({
      code: 'storage-not-shared',
      tried,
      cause: `whether ${to.name} sees the very file ${alone.path} of disk ${alone.target} could not be proven. ${alone.unproven}`,
      next: 'Put that right and try again',
    });
  }
  throw new DroverError({
    code: 'storage-not-shared',
    tried,
    cause: `${to.name} does not see the file ${alone.path} of disk ${alone.target}${alone.atDestination === 'different' ? ' (it has another of that name)' : ''}`,
    next: 'Copy the disks as well (--copy-storage), or put them on storage that both hosts share',
  });
}

function refuseNothingToCopy(tried: string, to: Host): never {
  throw new DroverError({
    code: 'refused-by-rule',
    tried,
    cause: `${to.name} sees the very files of all disks, and copying a file onto itself would destroy it`,
    next: 'Migrate without copying the disks',
  });
}

type CopyPlan = Pick<StoragePlan, 'copy' | 'copyDisks' | 'create' | 'takes' | 'reason'>;

const noCopy: CopyPlan = {
  copy: 'none',
  copyDisks: [],
  create: [],
  takes: [],
  reason: '',
};

function planCopy(
  tried: string,
  to: Host,
  apart: readonly DiskFacts[],
  promised: (folder: string) => PromisedSpace,
): CopyPlan {
  if (apart.length === 0) return noCopy;
  // An overlay needs its whole chain there; a disk without bases is copied whole either way.
  const incremental =
    apart.some((disk) => disk.chain.length > 0) &&
    apart.every((disk) => disk.chain.every(({ atDestination }) => isSame(atDestination)));
  for (const disk of apart) refuseCopy(tried, to, disk);
  refuseWithoutSpace(tried, to, apart, incremental, promised);
  return {
    copy: incremental ? 'incremental' : 'full',
    copyDisks: apart.map((disk) => disk.target),
    create: apart.map((disk) => {
      const [base] = disk.chain;
      return {
        path: disk.path,
        format: disk.format,
        virtualBytes: disk.virtualBytes,
        ...(incremental && base !== undefined ? { backing: { path: base.path, format: base.format } } : {}),
      };
    }),
    takes: apart.map((disk) => ({ path: disk.path, bytes: bytesOf(disk, incremental) })),
    reason: incremental
      ? `the disks are copied without their bases, which ${to.name} has (same size, same samples)`
      : `${to.name} does not see the disks, so they are copied whole`,
  };
}

function isSame(place: DiskFacts['atDestination']): boolean {
  return place === 'shared' || place === 'equal';
}

function refuseCopy(tried: string, to: Host, disk: DiskFacts): void {
  if (disk.place === 'block') {
    throw new DroverError({
      code: 'refused-by-rule',
      tried,
      cause: `disk ${disk.target} is the device ${disk.path}, and Drover copies files only`,
      next: 'Put the disk into a file first',
    });
  }
  if (disk.atDestination === 'different') {
    throw new DroverError({
      code: 'already-exists',
      tried,
      ...(disk.unproven === undefined
        ? {
            cause: `${to.name} has another file at ${disk.path}, and nothing there is overwritten`,
            next: 'Move that file away, or choose another host',
          }
        : {
            cause: `${to.name} has a file at ${disk.path}, and whether it is another one could not be proven. ${disk.unproven}`,
            next: 'Put that right and try again, or choose another host',
          }),
    });
  }
  if (disk.freeBytesAtDestination === undefined) {
    throw new DroverError({
      code: 'storage-missing',
      tried,
      cause: `${to.name} has no folder for ${disk.path}`,
      next: 'Make the folder or mount the storage there',
    });
  }
}

/** Folder by folder: disks may lie on several file systems. */
function refuseWithoutSpace(
  tried: string,
  to: Host,
  apart: readonly DiskFacts[],
  incremental: boolean,
  promised: (folder: string) => PromisedSpace,
): void {
  const folders = [...new Set(apart.map((disk) => dirname(disk.path)))];
  for (const folder of folders) {
    const within = apart.filter((disk) => dirname(disk.path) === folder);
    const needed = within.reduce((sum, disk) => sum + bytesOf(disk, incremental), 0);
    const free = within[0]?.freeBytesAtDestination ?? 0;
    const { bytes, titles } = promised(folder);
    if (free - bytes >= needed) continue;
    const isPromised = free >= needed;
    throw new DroverError({
      code: 'no-room',
      tried,
      cause: `${to.name} has ${mebibytes(free)} MiB free in ${folder}${bytes === 0 ? '' : `, of which ${mebibytes(bytes)} MiB are promised to ${inWords(titles)}`}, and the disks need ${mebibytes(needed)} MiB`,
      next: `${isPromised ? 'Wait until that has ended, free' : 'Free'} some space there or choose another host`,
    });
  }
}

/** What a copy takes: never more than the disk's size, and never less than what is in it now. */
function bytesOf(disk: DiskFacts, incremental: boolean): number {
  const below = incremental ? 0 : disk.chain.reduce((sum, base) => sum + base.usedBytes, 0);
  return Math.min(Math.max(disk.virtualBytes, disk.usedBytes), disk.usedBytes + below);
}

function inWords(titles: readonly string[]): string {
  return [...new Set(titles)].map((title) => `"${title}"`).join(' and ');
}

export function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}
