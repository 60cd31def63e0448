import { columnsOf, countUp } from '../hosts/counting.ts';
import { waterLevel } from '../physics/waterLevel.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState, StoreState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import type { StoreUser } from './growing.ts';
import { hostsSeeing } from './stores.ts';

const mebibyte = 1024 ** 2;

/** From the next slot on its rate is shared in each, if it may not do for all whose first disks lie there. */
export function watchRate(world: World, key: string, users: readonly StoreUser[]): void {
  const store = world.state.stores[key];
  const pool = poolOf(world, key);
  if (store === undefined || pool?.shared !== true) return;
  store.isCrowded = mostAsked(users) > pool.rateMiBPerSecond * mebibyte;
  if (store.isCrowded) planShares(world, key, store);
}

/** Max-min fair shares of a store's rate among all guests that use it, whichever host they are on. */
export function shareStore(world: World, key: string): void {
  const store = world.state.stores[key];
  const pool = poolOf(world, key);
  if (store === undefined || pool === undefined) return;
  const before = store.levelBytesPerSecond ?? Number.POSITIVE_INFINITY;
  const level = store.isCrowded
    ? levelOf(world, key, pool.rateMiBPerSecond * mebibyte)
    : Number.POSITIVE_INFINITY;
  if (level !== before) {
    const least = Math.min(level, before);
    const held: HostState[] = [];
    for (const host of hostsSeeing(world, key)) {
      const { rows, diskAsks } = columnsOf(world, host);
      const isHeld = rows.some(
        ({ nature }, row) => nature.place?.key === key && (diskAsks[row] ?? 0) > least,
      );
      if (!isHeld) continue;
      countUp(world, host);
      held.push(host);
    }
    if (Number.isFinite(level)) store.levelBytesPerSecond = level;
    else delete store.levelBytesPerSecond;
    for (const host of held) world.loadsChanged(host);
  }
  if (store.isCrowded) planShares(world, key, store);
}

function levelOf(world: World, key: string, rate: number): number {
  const seeing = hostsSeeing(world, key);
  let asked = 0;
  for (const host of seeing) asked += columnsOf(world, host).diskAsked;
  // Mostly all that their guests ask of all their stores is less than this one can.
  if (asked <= rate) return Number.POSITIVE_INFINITY;
  const asks: number[] = [];
  for (const host of seeing) {
    const { rows, diskAsks } = columnsOf(world, host);
    for (const [row, { nature }] of rows.entries()) {
      if (nature.place?.key === key) asks.push(diskAsks[row] ?? 0);
    }
  }
  return waterLevel(rate, asks);
}

function poolOf(world: World, key: string) {
  const [host = ''] = world.index.stores.get(key) ?? [];
  return world.index.pools.get(host)?.find((each) => each.key === key)?.pool;
}

function planShares(world: World, store: string, state: StoreState): void {
  const next = (Math.floor(world.now / loadSlotMs) + 1) * loadSlotMs;
  if (state.sharedNextMs === next) return;
  state.sharedNextMs = next;
  world.schedule(next - world.now, { kind: 'store-shares', store });
}

/** If all of them asked for as much as they can at once. */
function mostAsked(users: readonly StoreUser[]): number {
  let bytesPerSecond = 0;
  for (const { nature } of users) {
    const { rates, boot } = nature.workload;
    const most = nature.definition.vcpus * (rates.diskRead + rates.diskWrite);
    bytesPerSecond += Math.max(most, boot.diskReadBytesPerSecond);
  }
  return bytesPerSecond;
}
