import type { ScenarioPool } from '../scenario/scenario.ts';
import { storeKey } from '../state/firstState.ts';
import type { FileState, StoreState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** What the files of a store take in all. */
export function usedBytes(store: StoreState): number {
  let bytes = 0;
  for (const file of Object.values(store.files)) bytes += file.usedBytes;
  return bytes;
}

export interface Place {
  readonly pool: ScenarioPool;
  readonly store: StoreState;
}

/** The store that a path on a host leads into; undefined where its folder does not exist. */
export function placeOf(world: World, hostName: string, path: string): Place | undefined {
  const pool = world.index.pools.get(hostName)?.find((each) => path.startsWith(`${each.path}/`));
  const store = pool === undefined ? undefined : world.state.stores[storeKey(pool, hostName)];
  return pool === undefined || store === undefined ? undefined : { pool, store };
}

export function fileAt(world: World, hostName: string, path: string): FileState | undefined {
  return placeOf(world, hostName, path)?.store.files[path];
}

export function freeBytesOf({ store }: Place): number {
  return Math.max(0, store.capacityBytes - usedBytes(store));
}
