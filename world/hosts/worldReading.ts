import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { type Columns, guestColumns, hostColumns, makeColumns, readGuests, readHost } from './columns.ts';
import { columnsOf } from './counting.ts';
import type { GuestRow, HostColumns } from './load.ts';

/**
 * All hosts and all guests that have an instance at one moment. The next reading fills the same arrays anew. Columns of
 * guests have room for more rows than there are.
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
  readonly guestCount: number;
  /** Columns as `guestColumns` names them. */
  readonly guestValues: Columns;
}

/** Reads a whole world again and again. Looking changes nothing in it. */
export function worldReader(world: World): () => WorldReading {
  const hosts = world.hosts();
  const hostValues = makeColumns(hostColumns, hosts.length);
  const rowsOf: (readonly GuestRow[])[] = hosts.map(() => []);
  const firstOf = new Int32Array(hosts.length);
  let guestValues = makeColumns(guestColumns, 0);
  const columns: HostColumns[] = [];
  return () => {
    let guestCount = 0;
    for (let index = 0; index < hosts.length; index += 1) {
      const host = hosts[index];
      if (host === undefined) continue;
      const own = columnsOf(world, host);
      columns[index] = own;
      firstOf[index] = guestCount;
      guestCount += own.rows.length;
    }
    if (guestCount > guestValues.stride) {
      guestValues = makeColumns(guestColumns, guestCount + Math.ceil(guestCount / 8));
    }
    for (let index = 0; index < hosts.length; index += 1) {
      const host = hosts[index];
      if (host === undefined) continue;
      readHost(world, host, hostValues, index, columns[index]);
      rowsOf[index] = readGuests(world, host, guestValues, firstOf[index], columns[index]);
    }
    return { atMs: world.now, hosts, hostValues, rowsOf, firstOf, guestCount, guestValues };
  };
}
