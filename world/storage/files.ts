import { DroverError } from '#shared/contract/errors.ts';
import { hash32 } from '../state/seeded.ts';
import type { FileState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { userOf, writerOf } from './disks.ts';
import { pendingGrowth } from './growing.ts';
import { fileAt, freeBytesOf, type Place, placeOf } from './stores.ts';

export interface NewImage {
  readonly path: string;
  readonly format: string;
  readonly virtualBytes: number;
  readonly backing?: { readonly path: string; readonly format: string };
}

/** An empty qcow2: header, tables and a first cluster or two. */
const emptyImageBytes = 196_768;

/** undefined where the folder does not exist. */
export function freeBytesBeside(world: World, host: HostState, path: string): number | undefined {
  const place = placeOf(world, host.name, path);
  return place === undefined ? undefined : freeBytesOf(world, place);
}

export function inspectFile(world: World, host: HostState, path: string) {
  const file = fileAt(world, host.name, path);
  if (file === undefined) return undefined;
  const { format, virtualBytes, backing } = file;
  return {
    format,
    virtualBytes,
    usedBytes: sizeOf(world, host, path, file),
    kind: 'file' as const,
    ...(backing === undefined ? {} : { backing }),
  };
}

/** @throws DroverError `already-exists`, `no-room`, `storage-refused` */
export function createImage(world: World, host: HostState, image: NewImage, token: string): void {
  const tried = `Make the image ${image.path} on ${host.name}`;
  const place = requirePlace(world, host, image.path, tried);
  if (place.store.files[image.path] !== undefined) {
    throw new DroverError({
      code: 'already-exists',
      tried,
      cause: 'there is a file of that name already, and what is there is never overwritten',
      next: `See what it is on ${host.name}, and move it away if nothing needs it`,
    });
  }
  if (image.backing !== undefined && fileAt(world, host.name, image.backing.path) === undefined) {
    throw refused(tried, host, `Could not open '${image.backing.path}': No such file or directory`);
  }
  const bytes = image.format === 'raw' ? 0 : emptyImageBytes;
  if (freeBytesOf(world, place) < bytes) throw noRoom(tried, host, image.path);
  place.store.files[image.path] = {
    format: image.format,
    virtualBytes: image.virtualBytes,
    usedBytes: bytes,
    contents: hash32('empty', image.format, image.virtualBytes),
    writtenAt: world.now,
    token,
    ...(image.backing === undefined ? {} : { backing: image.backing }),
  };
}

export function keepImage(world: World, host: HostState, path: string, token: string): void {
  const file = fileAt(world, host.name, path);
  if (file?.token === token) delete file.token;
}

/** Only what was made with that token and not kept; safe to repeat. */
export function removeImage(world: World, host: HostState, path: string, token: string): void {
  const place = placeOf(world, host.name, path);
  if (place?.store.files[path]?.token === token) delete place.store.files[path];
}

/** Size and a hash of what is in it. */
export function fingerprintOf(world: World, host: HostState, path: string): string | undefined {
  const file = fileAt(world, host.name, path);
  if (file === undefined) return undefined;
  return `${file.usedBytes} ${hash32('fingerprint', file.contents, file.format).toString(16).padStart(8, '0')}`;
}

/** When it was last written, and how large it is: a running guest writes all the time. */
export function stampOf(world: World, host: HostState, path: string): string {
  const file = fileAt(world, host.name, path);
  if (file === undefined) return 'absent';
  const writtenAt = writerOf(world, host.name, path) === undefined ? file.writtenAt : world.now;
  return `${(writtenAt / 1000).toFixed(9)} ${sizeOf(world, host, path, file)}`;
}

/** With what a guest that runs just now has written to it. */
function sizeOf(world: World, host: HostState, path: string, { usedBytes }: FileState): number {
  const writer = userOf(world, host.name, path, () => true);
  return usedBytes + (writer === undefined ? 0 : pendingGrowth(world, writer.host, writer.domain));
}

export function writeMarker(world: World, host: HostState, path: string, token: string): void {
  const tried = `Write a marker beside ${path} on ${host.name}`;
  const { store } = requirePlace(world, host, path, tried);
  store.markers[markerPath(path, token)] = token;
}

export function hasMarker(world: World, host: HostState, path: string, token: string): boolean {
  return placeOf(world, host.name, path)?.store.markers[markerPath(path, token)] === token;
}

export function removeMarker(world: World, host: HostState, path: string, token: string): void {
  const place = placeOf(world, host.name, path);
  if (place !== undefined) delete place.store.markers[markerPath(path, token)];
}

/** The destination's image holds what the source's does, once all of it was copied. */
export function takeContents(world: World, from: FileState | undefined, to: FileState | undefined): void {
  if (from === undefined || to === undefined) return;
  to.usedBytes = from.usedBytes;
  to.contents = from.contents;
  to.writtenAt = world.now;
}

function markerPath(path: string, token: string): string {
  return `${path.slice(0, path.lastIndexOf('/'))}/.drover-${token}`;
}

function requirePlace(world: World, host: HostState, path: string, tried: string): Place {
  const place = placeOf(world, host.name, path);
  if (place !== undefined) return place;
  throw refused(tried, host, `cannot create '${path}': No such file or directory`);
}

function noRoom(tried: string, host: HostState, path: string): DroverError {
  return new DroverError({
    code: 'no-room',
    tried,
    cause: `qemu-img: ${path}: Could not create image: No space left on device`,
    next: `Check the path, the room and the rights of the login on ${host.name}`,
  });
}

function refused(tried: string, host: HostState, cause: string): DroverError {
  return new DroverError({
    code: 'storage-refused',
    tried,
    cause,
    next: `Check the path, the room and the rights of the login on ${host.name}`,
  });
}
