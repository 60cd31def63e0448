import { linksBetween } from '../hosts/links.ts';
import type { World } from '../state/world.ts';
import type { TransferState } from './transferState.ts';

const known = new WeakMap<World, Map<string, Set<TransferState>>>();

/** Those that have an end on this host now, in the order of their begin. */
export function transfersAt(world: World, host: string): readonly TransferState[] {
  return [...(indexOf(world).get(host) ?? [])];
}

export function addTransfer(world: World, transfer: TransferState): void {
  const index = indexOf(world);
  world.state.transfers[transfer.id] = transfer;
  note(world, index, transfer);
}

export function removeTransfer(world: World, transfer: TransferState): void {
  const index = indexOf(world);
  delete world.state.transfers[transfer.id];
  for (const place of placesOf(world, transfer)) index.get(place)?.delete(transfer);
}

/**
 * All that may share a link with one of these hosts' transfers, directly or by way of others: whoever is not among them
 * is not touched by what happens there. In the order of the state.
 */
export function transfersAround(world: World, hosts: readonly string[]): readonly TransferState[] {
  const index = indexOf(world);
  const met = new Set(hosts);
  const found = new Set<TransferState>();
  // A set that grows while it is walked through is walked through to its end.
  for (const place of met) {
    for (const transfer of index.get(place) ?? []) {
      if (found.has(transfer)) continue;
      found.add(transfer);
      for (const other of placesOf(world, transfer)) met.add(other);
    }
  }
  return [...found].sort((one, other) => numberOf(one) - numberOf(other));
}

const places = new WeakMap<TransferState, readonly string[]>();

/** Its ends, and the uplinks between them: where they are is never another. */
function placesOf(world: World, transfer: TransferState): readonly string[] {
  const last = places.get(transfer);
  if (last !== undefined) return last;
  const { from, to } = transfer;
  const [source, destination] = [world.host(from), world.host(to)];
  const uplinks =
    source === undefined || destination === undefined
      ? []
      : linksBetween(world, source, destination).flatMap(({ uplink }) => uplink ?? []);
  const made = [from, to, ...uplinks];
  places.set(transfer, made);
  return made;
}

function indexOf(world: World): Map<string, Set<TransferState>> {
  const index = known.get(world);
  if (index !== undefined) return index;
  const made = new Map<string, Set<TransferState>>();
  for (const transfer of Object.values(world.state.transfers)) note(world, made, transfer);
  known.set(world, made);
  return made;
}

function note(world: World, index: Map<string, Set<TransferState>>, transfer: TransferState): void {
  for (const place of placesOf(world, transfer)) {
    const there = index.get(place);
    if (there === undefined) index.set(place, new Set([transfer]));
    else there.add(transfer);
  }
}

/** Ids are numbered as they come. */
function numberOf({ id }: TransferState): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}
