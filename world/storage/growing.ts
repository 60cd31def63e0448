import { setInstanceState } from '../domains/instances.ts';
import { guestWrites } from '../hosts/columns.ts';
import { type GuestNature, natureOf } from '../hosts/guests.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import { noteHappening } from '../state/happenings.ts';
import type { DomainState, FileState, HostState, InstanceState, StoreState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { watchRate } from './crowding.ts';
import { forgetPending, hostsSeeing, takenBytes } from './stores.ts';

/** Of what a guest writes, so much goes where nothing of its disk was before, until all of the disk is there. */
const freshShare = 0.05;
/** How soon and how late it is looked again how full a store is. */
const soonestMs = 1000;
const latestMs = 600_000;
const msPerSecond = 1000;

/** Whose first disk lies in a store. */
export interface StoreUser {
  readonly host: HostState;
  readonly domain: DomainState;
  readonly nature: GuestNature;
}

/** One of them that has an instance, and the file that grows by what it writes. */
interface Writer extends StoreUser {
  readonly instance: InstanceState;
  readonly file: FileState;
}

/** What a guest has written since becomes part of its file: before it stops, or whoever needs the size goes on. */
export function growDisk(world: World, host: HostState, domain: DomainState): void {
  const writer = writerOf(userOf(world, host, domain));
  if (writer !== undefined) grow(world, writer);
}

/** By how much its file is larger than the state says, bytes. */
export function pendingGrowth(world: World, host: HostState, domain: DomainState): number {
  const writer = writerOf(userOf(world, host, domain));
  return writer === undefined ? 0 : growthOf(world, writer).bytes;
}

/** The same of all guests that write to a store. */
export function pendingGrowthIn(world: World, key: string): number {
  let bytes = 0;
  for (const writer of writersOf(usersIn(world, key))) bytes += growthOf(world, writer).bytes;
  return bytes;
}

/**
 * Lets a store's files grow to what they are now. Where it is full, guests that write where nothing was before are
 * stopped, as QEMU does (werror=enospc) and libvirt tells (`io-error`), until somebody lets them run again.
 */
export function lookAtStore(world: World, key: string, look: number): void {
  const store = world.state.stores[key];
  if (store?.look !== look) return;
  const users = usersIn(world, key);
  const writers = writersOf(users);
  const grown = writers.map((writer) => grow(world, writer));
  const excess = takenBytes(store) - store.capacityBytes;
  store.full = excess >= 0;
  if (store.full) {
    takeBack(writers, grown, excess);
    for (const { host, domain, instance, file } of writers) {
      const writes = guestWrites(world, host, domain.uuid).perMs > 0;
      if (instance.state !== 'active' || !writes || !growsOn(file)) continue;
      setInstanceState(world, host, domain, instance, 'paused', 'io-error');
      noteHappening(world, {
        kind: 'vm-stopped',
        object: domain.definition.name,
        outcome: 'done',
        reason: `no room is left in ${key}`,
        host: host.name,
      });
    }
  }
  watchRate(world, key, users);
  planLook(world, key, store, store.full ? delayWhileFull(writers) : delayUntilFull(users, -excess));
}

/** No more got in than there was room for: each lacks its part of the rest. */
function takeBack(writers: readonly Writer[], grown: readonly number[], excessBytes: number): void {
  let excess = excessBytes;
  let total = grown.reduce((sum, bytes) => sum + bytes, 0);
  for (const [index, { file }] of writers.entries()) {
    const bytes = grown[index] ?? 0;
    const part = total <= 0 ? 0 : Math.min(bytes, Math.round((excess * bytes) / total));
    file.usedBytes -= part;
    excess -= part;
    total -= bytes;
  }
}

/** At once; whatever was planned is void. */
export function lookSoon(world: World, key: string, delayMs = 0): void {
  const store = world.state.stores[key];
  if (store !== undefined) planLook(world, key, store, delayMs);
}

/** A guest executes from now on: where its store is full, not for long. */
export function guestRuns(world: World, host: HostState, domain: DomainState): void {
  const { place } = natureOf(world, host, domain);
  if (place?.store.full === true) lookSoon(world, place.key, soonestMs);
}

function planLook(world: World, store: string, state: StoreState, delayMs: number): void {
  state.look += 1;
  world.schedule(delayMs, { kind: 'store', store, look: state.look });
}

function delayWhileFull(writers: readonly Writer[]): number {
  const isWatched = writers.some(({ instance, file }) => instance.state === 'active' && growsOn(file));
  return isWatched ? loadSlotMs : latestMs;
}

/** If all that may run there wrote as fast as it can. */
function delayUntilFull(users: readonly StoreUser[], freeBytes: number): number {
  let bytesPerMs = 0;
  for (const { nature } of users) {
    bytesPerMs += (nature.definition.vcpus * nature.workload.rates.diskWrite * freshShare) / msPerSecond;
  }
  return Math.max(soonestMs, Math.min(latestMs, freeBytes / bytesPerMs));
}

function usersIn(world: World, key: string): readonly StoreUser[] {
  const users: StoreUser[] = [];
  for (const host of hostsSeeing(world, key)) {
    for (const uuid in host.domains) {
      const domain = host.domains[uuid];
      const user = domain === undefined ? undefined : userOf(world, host, domain);
      if (user?.nature.place?.key === key) users.push(user);
    }
  }
  return users;
}

function userOf(world: World, host: HostState, domain: DomainState): StoreUser {
  return { host, domain, nature: natureOf(world, host, domain) };
}

function writersOf(users: readonly StoreUser[]): readonly Writer[] {
  const writers: Writer[] = [];
  for (const user of users) {
    const writer = writerOf(user);
    if (writer !== undefined) writers.push(writer);
  }
  return writers;
}

function writerOf({ host, domain, nature }: StoreUser): Writer | undefined {
  const { instance } = domain;
  const file = nature.firstDisk === undefined ? undefined : nature.place?.store.files[nature.firstDisk];
  return instance === undefined || file === undefined ? undefined : { host, domain, nature, instance, file };
}

function growsOn({ usedBytes, virtualBytes }: FileState): boolean {
  return usedBytes < virtualBytes;
}

function growthOf(world: World, { host, domain, instance, file }: Writer) {
  const { bytes: written } = guestWrites(world, host, domain.uuid);
  const fresh = Math.floor((written - instance.grownBytes) * freshShare);
  return { written, bytes: Math.max(0, Math.min(fresh, file.virtualBytes - file.usedBytes)) };
}

function grow(world: World, writer: Writer): number {
  const { written, bytes } = growthOf(world, writer);
  writer.file.usedBytes += bytes;
  if (bytes > 0 && writer.nature.place !== undefined) forgetPending(writer.nature.place.store);
  writer.instance.grownBytes = written;
  return bytes;
}
