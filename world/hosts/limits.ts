import { memoryPressure } from '../physics/memoryPressure.ts';
import { waterLevel } from '../physics/waterLevel.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import * as ask from './asks.ts';
import { askFields } from './asks.ts';
import { nicBytesPerSecond } from './links.ts';
import type { HostColumns } from './load.ts';
import { roomForGuestsMiB } from './memory.ts';

const mebibyte = 1024 ** 2;
/** Sums of what fits to the last byte are not to be taken for too much. */
const nearly = 1 + 1e-9;

/**
 * What each guest would move if only CPUs held it back, and the part of it that it gets: of the card each way, of its
 * store, and of its own pages where the host is short of memory. The scarcest counts, for all its work waits for it.
 */
export function limitWork(world: World, host: HostState, columns: HostColumns): void {
  const { rows, asks, demands, cores, served, sendAsks, receiveAsks, diskAsks } = columns;
  let sends = 0;
  let receives = 0;
  let disks = 0;
  let busy = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const at = row * askFields;
    const demand = demands[row] ?? 0;
    const progress = asks[at + ask.progress] ?? 0;
    const work = (cores[row] ?? 0) * progress;
    const pace = demand <= 0 ? progress : work / demand;
    const send = work * (asks[at + ask.networkSend] ?? 0);
    const receive = work * (asks[at + ask.networkReceive] ?? 0);
    const disk =
      work * ((asks[at + ask.diskRead] ?? 0) + (asks[at + ask.diskWrite] ?? 0)) +
      pace * (asks[at + ask.bootRead] ?? 0);
    sendAsks[row] = send;
    receiveAsks[row] = receive;
    diskAsks[row] = disk;
    served[row] = 1;
    sends += send;
    receives += receive;
    disks += disk;
    if (demand > 0) busy += 1;
  }
  const pressure = memoryPressure(columns.touchedBytes / mebibyte, roomForGuestsMiB(world, host), busy);
  columns.swappedMiB = pressure.swappedMiB;
  columns.swapBytesPerSecond = pressure.bytesPerSecond;
  if (pressure.pace < 1) served.fill(pressure.pace);
  const card = nicBytesPerSecond(host);
  share(sends, card - columns.migratingOut, sendAsks, served);
  share(receives, card - columns.migratingIn, receiveAsks, served);
  columns.diskAsked = disks;
  if (disks > 0) shareStores(columns);
}

function share(sum: number, capacity: number, asks: Float64Array, served: Float64Array): void {
  if (sum <= capacity * nearly || sum <= 0) return;
  hold(waterLevel(capacity, asks), asks, served);
}

/** No guest gets more than the level. */
function hold(level: number, asks: Float64Array, served: Float64Array): void {
  for (let row = 0; row < asks.length; row += 1) {
    const own = asks[row] ?? 0;
    if (own > level) served[row] = Math.min(served[row] ?? 1, level / own);
  }
}

/** A store of the host's own is shared here; of one that others share, the world knows the level. */
function shareStores({ rows, diskAsks, served }: HostColumns): void {
  let firstOwn: string | undefined;
  for (let row = 0; row < rows.length; row += 1) {
    const place = rows[row]?.nature.place;
    if (place === undefined) continue;
    const { pool, store, key } = place;
    const own = diskAsks[row] ?? 0;
    const level = store.levelBytesPerSecond;
    if (level !== undefined && own > level) served[row] = Math.min(served[row] ?? 1, level / own);
    if (pool.shared || key === firstOwn) continue;
    firstOwn = key;
    const inStore = diskAsks.map((bytes, other) => (rows[other]?.nature.place?.key === key ? bytes : 0));
    const sum = inStore.reduce((total, bytes) => total + bytes, 0);
    share(sum, pool.rateMiBPerSecond * mebibyte, inStore, served);
  }
}
