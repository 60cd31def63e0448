import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { type Columns, guestColumns, hostColumns, makeColumns, memoryUsedOf, readHost } from './columns.ts';
import { guestCounters, hostCounters } from './counters.ts';
import { columnsOf } from './counting.ts';
import type { GuestRow } from './load.ts';

/**
 * All hosts and all guests that have an instance at one moment. The next reading fills the same arrays anew. Between
 * one host's guests and the next one's there may be rows that are nobody's, and zero.
 */
export interface WorldReading {
  readonly atMs: number;
  /** By row of `hostValues`. */
  readonly hosts: readonly HostState[];
  /** Columns as `hostColumns` names them. */
  readonly hostValues: Columns;
  /** Of each host its guests; the first is in row `firstOf` of `guestValues`, the others follow. */
  readonly rowsOf: readonly (readonly GuestRow[])[];
  readonly firstOf: Int32Array;
  /** Columns as `guestColumns` names them. */
  readonly guestValues: Columns;
}

/** So many guests may come to a host before all rows are laid out anew. */
const spareRows = 3;
const memoryColumn = guestColumns.indexOf('memoryUsedMiB');

/**
 * Reads a whole world again and again. Looking changes nothing in it. A host's bases and rates are copied where they
 * have changed; reading is then one walk through arrays, whatever lies where in memory.
 */
export function worldReader(world: World): () => WorldReading {
  const hosts = world.hosts();
  const hostLayout = layoutOf(hostColumns, hosts.length);
  let guestLayout = layoutOf(guestColumns, 0);
  const rowsOf: (readonly GuestRow[])[] = hosts.map(() => []);
  const firstOf = new Int32Array(hosts.length + 1);
  const seen = new Int32Array(hosts.length).fill(-1);
  /** The slot for which its guests' memory was worked out; not a number where one of them boots. */
  const memorySlotOf = new Float64Array(hosts.length).fill(Number.NaN);

  const layOut = () => {
    for (const [number, host] of hosts.entries()) {
      const room = columnsOf(world, host).rows.length + spareRows;
      firstOf[number + 1] = (firstOf[number] ?? 0) + room;
    }
    guestLayout = layoutOf(guestColumns, firstOf[hosts.length] ?? 0);
    for (const [number, host] of hosts.entries()) take(number, host);
  };
  /** Whether there was room for it. */
  const take = (number: number, host: HostState): boolean => {
    const columns = columnsOf(world, host);
    const first = firstOf[number] ?? 0;
    const end = firstOf[number + 1] ?? 0;
    const count = columns.rows.length;
    if (count > end - first) return false;
    rowsOf[number] = columns.rows;
    seen[number] = world.loads.versions[number] ?? 0;
    memorySlotOf[number] = Number.NaN;
    copy(columns.guestSums, columns.guestPerMs, count, guestLayout, first, end);
    for (let row = first; row < end; row += 1) guestLayout.anchorMs[row] = columns.anchorMs;
    readHost(world, host, { values: hostLayout.bases, stride: hosts.length }, number);
    copy(columns.hostSums, columns.hostPerMs, 1, hostLayout, number, number + 1);
    hostLayout.anchorMs[number] = columns.anchorMs;
    return true;
  };
  const takeMemory = (number: number, host: HostState, slot: number) => {
    const columns = columnsOf(world, host);
    const memory = memoryUsedOf(world, columns);
    const first = memoryColumn * guestLayout.columns.stride + (firstOf[number] ?? 0);
    const room = (firstOf[number + 1] ?? 0) - (firstOf[number] ?? 0);
    for (let row = 0; row < room; row += 1) guestLayout.bases[first + row] = memory[row] ?? 0;
    memorySlotOf[number] = columns.rows.some(({ phase }) => phase === 'booting') ? Number.NaN : slot;
  };

  return () => {
    const { now } = world;
    const { validUntilMs, versions } = world.loads;
    const slot = Math.floor(now / loadSlotMs);
    let fits = firstOf[hosts.length] !== 0 || hosts.length === 0;
    for (let number = 0; number < hosts.length && fits; number += 1) {
      const host = hosts[number];
      if (host === undefined) continue;
      if ((validUntilMs[number] ?? 0) <= now) columnsOf(world, host);
      if (versions[number] !== seen[number]) fits = take(number, host);
    }
    if (!fits) layOut();
    for (let number = 0; number < hosts.length; number += 1) {
      const host = hosts[number];
      if (host !== undefined && memorySlotOf[number] !== slot) takeMemory(number, host, slot);
    }
    fill(hostLayout, hostCounters.length, now);
    fill(guestLayout, guestCounters.length, now);
    return {
      atMs: now,
      hosts,
      hostValues: hostLayout.columns,
      rowsOf,
      firstOf,
      guestValues: guestLayout.columns,
    };
  };
}

interface Layout {
  readonly columns: Columns;
  readonly bases: Float64Array;
  readonly perMs: Float64Array;
  /** By row. */
  readonly anchorMs: Float64Array;
}

function layoutOf(names: readonly string[], rows: number): Layout {
  return {
    columns: makeColumns(names, rows),
    bases: new Float64Array(names.length * rows),
    perMs: new Float64Array(names.length * rows),
    anchorMs: new Float64Array(rows),
  };
}

/** Columns of `count` rows to rows from `first` on; rows up to `end` are nobody's. */
function copy(
  sums: Float64Array,
  perMs: Float64Array,
  count: number,
  { columns: { stride }, bases, perMs: rates }: Layout,
  first: number,
  end: number,
): void {
  let from = 0;
  for (let column = 0; from < sums.length; column += 1) {
    let at = column * stride + first;
    for (let row = 0; row < count; row += 1) {
      bases[at] = sums[from] ?? 0;
      rates[at] = perMs[from] ?? 0;
      at += 1;
      from += 1;
    }
    for (const stop = column * stride + end; at < stop; at += 1) {
      bases[at] = 0;
      rates[at] = 0;
    }
  }
}

/** What is counted grows from its base; behind it stands what is so now, as it is. */
function fill(layout: Layout, counters: number, now: number): void {
  const { values, stride } = layout.columns;
  const { bases, perMs, anchorMs } = layout;
  const counted = counters * stride;
  for (let at = 0; at < counted; ) {
    for (let row = 0; row < stride; row += 1) {
      values[at] = (bases[at] ?? 0) + (perMs[at] ?? 0) * (now - (anchorMs[row] ?? 0));
      at += 1;
    }
  }
  values.set(bases.subarray(counted), counted);
}
