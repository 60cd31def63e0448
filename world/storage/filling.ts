import { storesOf } from '../state/scenarioIndex.ts';
import type { World } from '../state/world.ts';
import { lookSoon, pendingGrowthIn } from './growing.ts';
import { takenBytes } from './stores.ts';

/**
 * A file of no VM fills a pool's store up to this share of its capacity, 0 to 1; on each of its hosts where each has
 * its own. Where it is fuller already there is no such file, and one of before makes room.
 */
export function fillPool(world: World, name: string, share: number): void {
  const pool = world.scenario.pools.find((each) => each.name === name);
  if (pool === undefined) throw new Error(`there is no pool ${name}`);
  const path = `${pool.path}/something-large`;
  for (const key of storesOf(pool)) {
    const store = world.state.stores[key];
    if (store === undefined) continue;
    delete store.files[path];
    const bytes = Math.floor(store.capacityBytes * share - takenBytes(store) - pendingGrowthIn(world, key));
    if (bytes > 0) {
      store.files[path] = {
        format: 'raw',
        virtualBytes: bytes,
        usedBytes: bytes,
        contents: 0,
        writtenAt: world.now,
      };
    }
    lookSoon(world, key);
  }
}
