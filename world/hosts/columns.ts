import { memoryUsedBytes, touchedNow } from '../physics/memoryUsed.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import * as ask from './asks.ts';
import { askFields } from './asks.ts';
import { guestCounters, hostCounters } from './counters.ts';
import { columnsOf } from './counting.ts';
import type { GuestRow, HostColumns } from './load.ts';
import { memoryUsedMiB } from './memory.ts';

const mebibyte = 1024 ** 2;
const msPerSecond = 1000;
const guestCounterCount = guestCounters.length;
const hostCounterCount = hostCounters.length;
const diskWriteColumn = guestCounters.indexOf('diskWriteBytes');

/** Columns of a reading of guests, in order: counters since each was started, then what is so now. */
export const guestColumns = [...guestCounters, 'memoryUsedMiB'] as const;
/** Columns of a reading of hosts, in order: counters since each was switched on (energy: ever), then what is so now. */
export const hostColumns = [...hostCounters, 'busyCores', 'watts', 'memoryUsedMiB', 'swapUsedMiB'] as const;

export type GuestColumn = (typeof guestColumns)[number];
export type HostColumn = (typeof hostColumns)[number];

/**
 * Columns of numbers, one after the other in `values`, each with room for `stride` rows: of column number c, row r is
 * at `c * stride + r`.
 */
export interface Columns {
  readonly stride: number;
  readonly values: Float64Array;
}

export function makeColumns(names: readonly string[], stride: number): Columns {
  return { stride, values: new Float64Array(names.length * stride) };
}

/** One column, not copied: the next reading fills it anew. */
export function guestColumn({ stride, values }: Columns, name: GuestColumn): Float64Array {
  const column = guestColumns.indexOf(name);
  return values.subarray(column * stride, (column + 1) * stride);
}

export function hostColumn({ stride, values }: Columns, name: HostColumn): Float64Array {
  const column = hostColumns.indexOf(name);
  return values.subarray(column * stride, (column + 1) * stride);
}

/** Guests of a host that have an instance, as they stand now, from row `first` on; gives who they are, in order. */
export function readGuests(
  world: World,
  host: HostState,
  { values, stride }: Columns,
  first = 0,
): readonly GuestRow[] {
  const columns = columnsOf(world, host);
  const { rows, guestSums, guestPerMs } = columns;
  const count = rows.length;
  const ms = world.now - columns.anchorMs;
  let from = 0;
  for (let column = 0; column < guestCounterCount; column += 1) {
    const to = column * stride + first;
    for (let row = 0; row < count; row += 1) {
      values[to + row] = (guestSums[from] ?? 0) + (guestPerMs[from] ?? 0) * ms;
      from += 1;
    }
  }
  const memory = memoryUsedOf(world, columns);
  const to = guestCounterCount * stride + first;
  for (let row = 0; row < count; row += 1) values[to + row] = memory[row] ?? 0;
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

/** What a guest has written to its disks since it was started, bytes, and what it writes a millisecond. */
export function guestWrites(
  world: World,
  host: HostState,
  uuid: string,
): { readonly bytes: number; readonly perMs: number } {
  const { rows, guestSums, guestPerMs, anchorMs } = columnsOf(world, host);
  const row = rows.findIndex(({ domain }) => domain.uuid === uuid);
  if (row < 0) return { bytes: 0, perMs: 0 };
  const at = diskWriteColumn * rows.length + row;
  const perMs = guestPerMs[at] ?? 0;
  return { bytes: (guestSums[at] ?? 0) + perMs * (world.now - anchorMs), perMs };
}

/** A host as it stands now, into row `row`. */
export function readHost(world: World, host: HostState, { values, stride }: Columns, row = 0): void {
  const columns = columnsOf(world, host);
  const { hostSums, hostPerMs } = columns;
  const ms = world.now - columns.anchorMs;
  for (let column = 0; column < hostCounterCount; column += 1) {
    values[column * stride + row] = (hostSums[column] ?? 0) + (hostPerMs[column] ?? 0) * ms;
  }
  const first = hostCounterCount * stride + row;
  values[first] = columns.busyCores;
  values[first + stride] = columns.watts;
  values[first + 2 * stride] = memoryUsedMiB(world, host, columns.memoryPromisedMiB);
  values[first + 3 * stride] = columns.swappedMiB;
}

/** Of each guest, MiB. Constant within a slot, but of guests that boot. */
export function memoryUsedOf(world: World, columns: HostColumns): Float64Array {
  const slotMs = Math.floor(world.now / loadSlotMs) * loadSlotMs;
  if (columns.memorySlotMs === slotMs) return columns.memoryUsed;
  let isGrowing = false;
  const { asks } = columns;
  for (let row = 0; row < columns.rows.length; row += 1) {
    const touched = asks[row * askFields + ask.touched] ?? Number.NaN;
    if (touched >= 0) {
      const stream = asks[row * askFields + ask.stream] ?? 0;
      columns.memoryUsed[row] = touchedNow(touched, stream, world.now) / mebibyte;
      continue;
    }
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
