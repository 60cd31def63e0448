import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import {
  type Columns,
  type GuestColumn,
  type HostColumn,
  makeGuestColumns,
  makeHostColumns,
  readGuests,
  readHost,
} from './columns.ts';
import { columnsOf } from './counting.ts';
import type { GuestRow } from './load.ts';

/**
 * All hosts and all guests that have an instance at one moment. The same arrays are filled again by the next reading,
 * and are longer than `guestCount` where there were more.
 */
export interface WorldReading {
  readonly atMs: number;
  readonly hosts: readonly HostState[];
  readonly hostColumns: Columns<HostColumn>;
  readonly guestCount: number;
  /** By row; `hostOf` is a row of `hosts`. */
  readonly guests: readonly GuestRow[];
  readonly hostOf: Int32Array;
  readonly guestColumns: Columns<GuestColumn>;
}

/** Reads a whole world again and again. Looking changes nothing in it. */
export function worldReader(world: World): () => WorldReading {
  const hosts = world.hosts();
  const hostColumns = makeHostColumns(hosts.length);
  const rowsOf: (readonly GuestRow[] | undefined)[] = hosts.map(() => undefined);
  const guests: GuestRow[] = [];
  let guestColumns = makeGuestColumns(0);
  let hostOf = new Int32Array(0);
  return () => {
    let room = 0;
    for (const host of hosts) room += columnsOf(world, host).rows.length;
    if (room > hostOf.length) {
      guestColumns = makeGuestColumns(room + Math.ceil(room / 8));
      hostOf = new Int32Array(room + Math.ceil(room / 8));
      rowsOf.fill(undefined);
    }
    let first = 0;
    let isMoved = false;
    for (const [index, host] of hosts.entries()) {
      readHost(world, host, hostColumns, index);
      const rows = readGuests(world, host, guestColumns, first);
      if (isMoved || rowsOf[index] !== rows) {
        isMoved ||= rowsOf[index]?.length !== rows.length;
        rowsOf[index] = rows;
        for (const [row, guest] of rows.entries()) {
          guests[first + row] = guest;
          hostOf[first + row] = index;
        }
      }
      first += rows.length;
    }
    guests.length = first;
    return { atMs: world.now, hosts, hostColumns, guestCount: first, guests, hostOf, guestColumns };
  };
}
