import type { ScenarioPool } from '../scenario/scenario.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { FileState, HostState, StoreState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { pendingGrowthIn } from './growing.ts';

/** What the files of a store take in all, without what running guests have written since they were looked at. */
export function takenBytes(store: StoreState): number {
  let bytes = 0;
  for (const path in store.files) bytes += store.files[path]?.usedBytes ?? 0;
  return bytes;
}

export interface Place {
  readonly key: string;
  readonly pool: ScenarioPool;
  readonly store: StoreState;
}

/** The store that a path on a host leads into; undefined where its folder does not exist. */
export function placeOf(world: World, hostName: string, path: string): Place | undefined {
  for (const { pool, prefix, key } of world.index.pools.get(hostName) ?? []) {
    if (!path.startsWith(prefix)) continue;
    const store = world.state.stores[key];
    return store === undefined ? undefined : { key, pool, store };
  }
  return undefined;
}

const seeing = new WeakMap<StoreState, readonly HostState[]>();

/** The hosts that see a store. */
export function hostsSeeing(world: World, key: string): readonly HostState[] {
  const store = world.state.stores[key];
  if (store === undefined) return [];
  const last = seeing.get(store);
  if (last !== undefined) return last;
  const hosts = (world.index.stores.get(key) ?? []).flatMap((name) => world.host(name) ?? []);
  seeing.set(store, hosts);
  return hosts;
}

export function fileAt(world: World, hostName: string, path: string): FileState | undefined {
  return placeOf(world, hostName, path)?.store.files[path];
}

/** As it is now, to the byte. */
export function freeBytesOf(world: World, { key, store }: Pick<Place, 'key' | 'store'>): number {
  return Math.max(0, store.capacityBytes - takenBytes(store) - pendingGrowthIn(world, key));
}

const known = new WeakMap<StoreState, { readonly slot: number; readonly pendingBytes: number }>();

/** Something of what was pending has been put down. */
export function forgetPending(store: StoreState): void {
  known.delete(store);
}

/** The same for who only looks: what guests have written is some seconds old. A thousand hosts may ask at once. */
export function freeBytesAbout(world: World, { key, store }: Pick<Place, 'key' | 'store'>): number {
  const slot = Math.floor(world.now / loadSlotMs);
  let last = known.get(store);
  if (last?.slot !== slot) {
    last = { slot, pendingBytes: pendingGrowthIn(world, key) };
    known.set(store, last);
  }
  return Math.max(0, store.capacityBytes - takenBytes(store) - last.pendingBytes);
}
