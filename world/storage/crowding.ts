import { columnsOf, countUp } from '../hosts/counting.ts';
import { natureOf } from '../hosts/guests.ts';
import { waterLevel } from '../physics/waterLevel.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { StoreState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { hostsSeeing } from './stores.ts';

const mebibyte = 1024 ** 2;

/** From the next slot on its rate is shared in each, if it may not do for all whose first disks lie there. */
export function watchRate(world: World, key: string): void {
  const store = world.state.stores[key];
  const pool = world.index.pools
    .get(world.index.stores.get(key)?.[0] ?? '')
    ?.find((each) => each.key === key)?.pool;
  if (store === undefined || pool?.shared !== true) return;
  store.isCrowded = mostAsked(world, key) > pool.rateMiBPerSecond * mebibyte;
  if (store.isCrowded) planShares(world, key, store);
}

/** Max-min fair shares of a store's rate among all guests that use it, whichever host they are on. */
export function shareStore(world: World, key: string): void {
  const store = world.state.stores[key];
  const seeing = hostsSeeing(world, key);
  const asks: number[] = [];
  let rate = 0;
  for (const host of seeing) {
    const { rows, diskAsks } = columnsOf(world, host);
    for (let row = 0; row < rows.length; row += 1) {
      const place = rows[row]?.place;
      if (place?.key !== key) continue;
      rate = place.pool.rateMiBPerSecond * mebibyte;
      asks.push(diskAsks[row] ?? 0);
    }
  }
  if (store === undefined) return;
  const level = store.isCrowded ? waterLevel(rate, asks) : Number.POSITIVE_INFINITY;
  const before = store.levelBytesPerSecond ?? Number.POSITIVE_INFINITY;
  if (level !== before) {
    const least = Math.min(level, before);
    for (const host of seeing) {
      const { rows, diskAsks } = columnsOf(world, host);
      const isHeld = rows.some(({ place }, row) => place?.key === key && (diskAsks[row] ?? 0) > least);
      if (isHeld) countUp(world, host);
    }
    if (Number.isFinite(level)) store.levelBytesPerSecond = level;
    else delete store.levelBytesPerSecond;
  }
  if (store.isCrowded) planShares(world, key, store);
}

function planShares(world: World, store: string, state: StoreState): void {
  const next = (Math.floor(world.now / loadSlotMs) + 1) * loadSlotMs;
  if (state.sharedNextMs === next) return;
  state.sharedNextMs = next;
  world.schedule(next - world.now, { kind: 'store-shares', store });
}

/** If all of them asked for as much as they can at once. */
function mostAsked(world: World, key: string): number {
  let bytesPerSecond = 0;
  for (const host of hostsSeeing(world, key)) {
    const pools = world.index.pools.get(host.name) ?? [];
    for (const domain of Object.values(host.domains)) {
      const { firstDisk, definition, workload } = natureOf(world, domain);
      if (pools.find(({ prefix }) => firstDisk?.startsWith(prefix))?.key !== key) continue;
      const { rates, boot } = workload;
      const most = definition.vcpus * (rates.diskRead + rates.diskWrite);
      bytesPerSecond += Math.max(most, boot.diskReadBytesPerSecond);
    }
  }
  return bytesPerSecond;
}
