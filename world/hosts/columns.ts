import { memoryUsedBytes } from '../physics/memoryUsed.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { guestCounters, hostCounters } from './counters.ts';
import { columnsOf } from './counting.ts';
import type { GuestRow, HostColumns } from './load.ts';
import { memoryUsedMiB } from './memory.ts';

const mebibyte = 1024 ** 2;
const msPerSecond = 1000;
const diskWriteColumn = guestCounters.indexOf('diskWriteBytes');

/** Columns of a reading of guests, in order: counters since each was started, then what is so now. */
export const guestColumns = [...guestCounters, 'memoryUsedMiB'] as const;
/** Columns of a reading of hosts, in order: counters since each was switched on (energy: ever), then what is so now. */
export const hostColumns = [...hostCounters, 'busyCores', 'watts', 'memoryUsedMiB'] as const;

export type GuestColumn = (typeof guestColumns)[number];
export type HostColumn = (typeof hostColumns)[number];

/** Rows of numbers by the names of their columns. Longer than its rows where it was made for more. */
export type Columns<Name extends string> = Readonly<Record<Name, Float64Array>>;

export function makeGuestColumns(rows: number): Columns<GuestColumn> {
  return {
    cpuNs: new Float64Array(rows),
    readyNs: new Float64Array(rows),
    diskReadBytes: new Float64Array(rows),
    diskWriteBytes: new Float64Array(rows),
    networkReceiveBytes: new Float64Array(rows),
    networkSendBytes: new Float64Array(rows),
    memoryUsedMiB: new Float64Array(rows),
  };
}

export function makeHostColumns(rows: number): Columns<HostColumn> {
  return {
    cpuBusyNs: new Float64Array(rows),
    cpuTotalNs: new Float64Array(rows),
    energyJoules: new Float64Array(rows),
    diskReadBytes: new Float64Array(rows),
    diskWriteBytes: new Float64Array(rows),
    networkReceiveBytes: new Float64Array(rows),
    networkSendBytes: new Float64Array(rows),
    busyCores: new Float64Array(rows),
    watts: new Float64Array(rows),
    memoryUsedMiB: new Float64Array(rows),
  };
}

/** Guests of a host that have an instance, as they stand now, from row `first` on; gives who they are, in order. */
export function readGuests(
  world: World,
  host: HostState,
  into: Columns<GuestColumn>,
  first = 0,
): readonly GuestRow[] {
  const columns = columnsOf(world, host);
  const { rows, guestSums, guestPerMs } = columns;
  const count = rows.length;
  const ms = world.now - columns.anchorMs;
  for (let column = 0; column < guestCounters.length; column += 1) {
    const name = guestCounters[column];
    if (name === undefined) continue;
    const target = into[name];
    for (let row = 0; row < count; row += 1) {
      const index = column * count + row;
      target[first + row] = (guestSums[index] ?? 0) + (guestPerMs[index] ?? 0) * ms;
    }
  }
  into.memoryUsedMiB.set(memoryUsedOf(world, columns), first);
  return rows;
}

/** What one guest gets until the next change; undefined where it has no instance there. */
export function guestLoad(
  world: World,
  host: HostState,
  uuid: string,
):
  | {
      readonly cores: number;
      /** Of what it asked for, 0 to 1. */
      readonly pace: number;
      /** Of what its workload does at most, 0 to 1: its memory is written at this speed. */
      readonly activity: number;
      readonly diskWriteBytesPerSecond: number;
    }
  | undefined {
  const { rows, cores, pace, guestPerMs } = columnsOf(world, host);
  const row = rows.findIndex(({ domain }) => domain.uuid === uuid);
  const guest = rows[row];
  if (guest === undefined) return undefined;
  const ownCores = cores[row] ?? 0;
  const { fullCores } = guest.nature;
  return {
    cores: ownCores,
    pace: pace[row] ?? 0,
    activity: fullCores > 0 ? Math.min(1, ownCores / fullCores) : 0,
    diskWriteBytesPerSecond: (guestPerMs[diskWriteColumn * rows.length + row] ?? 0) * msPerSecond,
  };
}

/** A host as it stands now, into row `row`. */
export function readHost(world: World, host: HostState, into: Columns<HostColumn>, row = 0): void {
  const columns = columnsOf(world, host);
  const ms = world.now - columns.anchorMs;
  for (let column = 0; column < hostCounters.length; column += 1) {
    const name = hostCounters[column];
    if (name === undefined) continue;
    into[name][row] = (columns.hostSums[column] ?? 0) + (columns.hostPerMs[column] ?? 0) * ms;
  }
  into.busyCores[row] = columns.busyCores;
  into.watts[row] = columns.watts;
  into.memoryUsedMiB[row] = memoryUsedMiB(world, host);
}

/** Constant within a slot, but of guests that boot. */
function memoryUsedOf(world: World, columns: HostColumns): Float64Array {
  const slotMs = Math.floor(world.now / loadSlotMs) * loadSlotMs;
  if (columns.memorySlotMs === slotMs) return columns.memoryUsed;
  let isGrowing = false;
  for (let row = 0; row < columns.rows.length; row += 1) {
    const guest = columns.rows[row];
    if (guest === undefined) continue;
    isGrowing ||= guest.phase === 'booting';
    columns.memoryUsed[row] = memoryOf(guest, world.now) / mebibyte;
  }
  columns.memorySlotMs = isGrowing ? Number.NaN : slotMs;
  return columns.memoryUsed;
}

function memoryOf({ nature, phase, instance }: GuestRow, now: number): number {
  return memoryUsedBytes(
    {
      stream: nature.stream,
      touchedBytes: nature.touchedBytes,
      phase,
      bootedMs: instance.guest.bootedAt,
      bootMs: nature.workload.boot.durationMs,
    },
    instance.quietSince ?? now,
  );
}
