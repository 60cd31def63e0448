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
  note(index, transfer);
}

export function removeTransfer(world: World, transfer: TransferState): void {
  const index = indexOf(world);
  delete world.state.transfers[transfer.id];
  for (const host of [transfer.from, transfer.to]) index.get(host)?.delete(transfer);
}

/**
 * All that may share a link with one of these hosts' transfers, directly or by way of others: whoever is not among them
 * is not touched by what happens there. In the order of the state.
 */
export function transfersAround(world: World, hosts: readonly string[]): readonly TransferState[] {
  const met = new Set(hosts);
  const found = new Set<TransferState>();
  // A set that grows while it is walked through is walked through to its end.
  for (const host of met) {
    for (const transfer of transfersAt(world, host)) {
      found.add(transfer);
      met.add(transfer.from).add(transfer.to);
    }
  }
  return [...found].sort((one, other) => numberOf(one) - numberOf(other));
}

function indexOf(world: World): Map<string, Set<TransferState>> {
  const index = known.get(world);
  if (index !== undefined) return index;
  const made = new Map<string, Set<TransferState>>();
  for (const transfer of Object.values(world.state.transfers)) note(made, transfer);
  known.set(world, made);
  return made;
}

function note(index: Map<string, Set<TransferState>>, transfer: TransferState): void {
  for (const host of [transfer.from, transfer.to]) {
    const there = index.get(host);
    if (there === undefined) index.set(host, new Set([transfer]));
    else there.add(transfer);
  }
}

/** Ids are numbered as they come. */
function numberOf({ id }: TransferState): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}
