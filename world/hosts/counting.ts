import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { hostCounters, keepGuestSums, keepHostSums } from './counters.ts';
import { type HostColumns, hasSameGuests, lookAgain, makeColumns, workOut } from './load.ts';

const known = new WeakMap<HostState, HostColumns>();

/** A host's load and counters, with rates that hold now. */
export function columnsOf(world: World, host: HostState): HostColumns {
  const { validUntilMs } = world.loads;
  const number = world.numberOf(host);
  let columns = known.get(host);
  if (columns === undefined || (validUntilMs[number] ?? 0) <= columns.anchorMs) {
    columns = looked(world, host, columns);
    validUntilMs[number] = workOut(world, host, columns);
    count(world, number);
  }
  for (;;) {
    const until = validUntilMs[number] ?? 0;
    if (until > world.now) return columns;
    anchor(columns, until);
    validUntilMs[number] = workOut(world, host, columns);
    count(world, number);
  }
}

function looked(world: World, host: HostState, last: HostColumns | undefined): HostColumns {
  let columns = last;
  if (columns !== undefined && !hasSameGuests(world, host, columns)) {
    keep(host, columns);
    columns = undefined;
  }
  if (columns === undefined) {
    columns = makeColumns(world, host);
    known.set(host, columns);
  }
  lookAgain(world, host, columns);
  return columns;
}

/** Adds up what happened up to now; called before anything changes that loads depend on, and worked out anew after. */
export function countUp(world: World, host: HostState): void {
  world.unsettled.add(host);
  if (known.get(host)?.anchorMs !== world.now) anchor(columnsOf(world, host), world.now);
  const number = world.numberOf(host);
  world.loads.validUntilMs[number] = world.now;
  count(world, number);
}

function count({ loads: { versions } }: World, number: number): void {
  versions[number] = (versions[number] ?? 0) + 1;
}

/** The host has lost all that it had counted but its energy. */
export function countAnew(world: World, host: HostState): void {
  countUp(world, host);
  const columns = columnsOf(world, host);
  for (const [column, name] of hostCounters.entries()) {
    if (name !== 'energyJoules') columns.hostSums[column] = 0;
  }
}

/**
 * Writes counters into the state. They are those of the last change and not of now: so the state is the same however
 * often somebody asked.
 */
export function keepCounters(world: World): void {
  for (const host of world.hosts()) keep(host, columnsOf(world, host));
}

/** Before time passes: what has changed is worked out while all of it is as it will be meanwhile. */
export function settle(world: World): void {
  for (const host of world.unsettled) columnsOf(world, host);
  world.unsettled.clear();
}

function anchor(columns: HostColumns, atMs: number): void {
  const { guestSums, guestPerMs, hostSums, hostPerMs } = columns;
  const ms = atMs - columns.anchorMs;
  for (let index = 0; index < guestSums.length; index += 1) {
    guestSums[index] = (guestSums[index] ?? 0) + (guestPerMs[index] ?? 0) * ms;
  }
  for (let index = 0; index < hostSums.length; index += 1) {
    hostSums[index] = (hostSums[index] ?? 0) + (hostPerMs[index] ?? 0) * ms;
  }
  columns.anchorMs = atMs;
}

function keep(host: HostState, { rows, guestSums, hostSums, anchorMs }: HostColumns): void {
  for (let row = 0; row < rows.length; row += 1) {
    const guest = rows[row];
    if (guest !== undefined) keepGuestSums(guest.instance.counters, guestSums, row, rows.length);
  }
  keepHostSums(host, hostSums);
  host.countedTo = anchorMs;
}
