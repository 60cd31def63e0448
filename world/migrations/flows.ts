import { guestLoad } from '../hosts/columns.ts';
import { columnsOf, countUp } from '../hosts/counting.ts';
import { linksBetween, type OneWay } from '../hosts/links.ts';
import { reach } from '../hosts/path.ts';
import { type Flow, fairShares } from '../physics/fairShares.ts';
import { setGuestPace, setTransferRate, transferFlow } from '../physics/transfer.ts';
import type { GuestPace, TransferRate } from '../physics/transferTypes.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { take } from './transferring.ts';
import type { TransferState } from './transferState.ts';
import { transfersAround, transfersAt } from './transfersAt.ts';

const silent: TransferRate = { bytesPerSecond: 0, burstBytesPerSecond: 0 };

/** Whether bytes get from one end of it to the other just now. */
export function isConnected(world: World, transfer: TransferState): boolean {
  const from = world.host(transfer.from);
  const to = world.host(transfer.to);
  return (
    from !== undefined && to !== undefined && transfer.stalledSince === undefined && reach(world, from, to)
  );
}

/** When each was last given its share. */
const sharedAt = new WeakMap<TransferState, number>();

/** At a slot's begin guests send more or less than before; those that share links are given their shares together. */
export function shareLinksInSlot(world: World, transfer: TransferState): void {
  if (sharedAt.get(transfer) !== world.now) shareLinks(world, transfer.from, transfer.to);
}

/** Shares links anew, where a transfer of these hosts comes, goes or changes, or their links do. */
export function shareLinks(world: World, ...hosts: readonly string[]): void {
  const transfers = transfersAround(world, hosts);
  if (transfers.length === 0) return;
  const flowing: TransferState[] = [];
  const flows: Flow[] = [];
  const links = new Map<string, CrossedLink>();
  for (const transfer of transfers) {
    sharedAt.set(transfer, world.now);
    const flow = transferFlow(transfer.model);
    if (flow === undefined || !transfer.senderThere || !transfer.receiverThere) continue;
    const [from, to] = [world.host(transfer.from), world.host(transfer.to)];
    if (from === undefined || to === undefined || !isConnected(world, transfer)) continue;
    const crossed = linksBetween(world, from, to);
    for (const link of crossed) {
      const known = links.get(link.name);
      if (known === undefined) links.set(link.name, { link, flows: 1, guests: guestsOn(world, link) });
      else known.flows += 1;
    }
    flowing.push(transfer);
    flows.push({ ...flow, links: crossed.map(({ name }) => name) });
  }
  const shares = sharesBesideGuests(links, flows);
  const rates = new Map(flowing.map((transfer, index) => [transfer.id, shares[index] ?? silent]));
  for (const transfer of transfers) setRate(world, transfer, rates.get(transfer.id) ?? silent);
}

interface CrossedLink {
  readonly link: OneWay;
  flows: number;
  /** What each guest on it asks for, bytes a second. */
  readonly guests: Float64Array;
}

const noGuests = new Float64Array(0);

function guestsOn(world: World, { name, host }: OneWay): Float64Array {
  if (host === undefined) return noGuests;
  const { sendAsks, receiveAsks } = columnsOf(world, host);
  return name === `${host.name}/up` ? sendAsks : receiveAsks;
}

/**
 * Guests on these hosts send and receive, too, each a flow of its own. Where none of them asks for more than an even
 * part of what the others leave, they get what they ask for, and only the rest is to be shared.
 */
function sharesBesideGuests(links: ReadonlyMap<string, CrossedLink>, flows: readonly Flow[]) {
  const left: Record<string, number> = {};
  let areServed = true;
  for (const [name, crossed] of links) {
    let [sum, most] = [0, 0];
    for (const bytes of crossed.guests) {
      sum += bytes;
      most = Math.max(most, bytes);
    }
    const rest = crossed.link.bytesPerSecond - sum;
    left[name] = rest;
    areServed &&= most <= rest / crossed.flows;
  }
  if (areServed) return fairShares(left, flows);
  const whole: Record<string, number> = {};
  const ofGuests: Flow[] = [];
  for (const [name, { link, guests }] of links) {
    whole[name] = link.bytesPerSecond;
    for (const capBytesPerSecond of guests) ofGuests.push({ links: [name], capBytesPerSecond });
  }
  return fairShares(whole, [...flows, ...ofGuests]);
}

function setRate(world: World, transfer: TransferState, rate: TransferRate): void {
  const { model } = transfer;
  const flows = rate.bytesPerSecond > 0;
  const isSame =
    model.rate.bytesPerSecond === rate.bytesPerSecond &&
    model.rate.burstBytesPerSecond === rate.burstBytesPerSecond &&
    transfer.flows === flows;
  // An earlier one of this round may have ended it.
  if (isSame || world.state.transfers[transfer.id] === undefined) return;
  countEnds(world, transfer);
  const stoppedOrWentOn = transfer.flows !== flows;
  transfer.flows = flows;
  take(world, transfer, setTransferRate(model, world.now, rate));
  const to = world.host(transfer.to);
  if (stoppedOrWentOn && transfer.model.phase === 'post-copy' && to !== undefined) world.loadsChanged(to);
}

/** The guest's speed, for each transfer that has an end on this host. */
export function paceGuests(world: World, host: HostState): void {
  for (const transfer of transfersAt(world, host.name)) paceGuest(world, transfer);
}

export function paceGuest(world: World, transfer: TransferState): void {
  const pace = paceOf(world, transfer);
  const { model } = transfer;
  const isSame =
    model.pace.memory === pace.memory && model.pace.diskWriteBytesPerSecond === pace.diskWriteBytesPerSecond;
  if (!isSame) take(world, transfer, setGuestPace(model, world.now, pace));
}

/** Where it executes: at the source before the switch, at the destination after it. */
export function paceOf(
  world: World,
  transfer: Pick<TransferState, 'from' | 'to' | 'uuid'> & { readonly copiesDisks: boolean },
): GuestPace {
  for (const name of [transfer.from, transfer.to]) {
    const host = world.host(name);
    const instance = host?.domains[transfer.uuid]?.instance;
    if (host === undefined || instance?.state !== 'active') continue;
    const load = guestLoad(world, host, transfer.uuid);
    if (load === undefined) continue;
    return {
      memory: load.activity,
      diskWriteBytesPerSecond: transfer.copiesDisks ? load.diskWriteBytesPerSecond : 0,
    };
  }
  return { memory: 0, diskWriteBytesPerSecond: 0 };
}

export function schedulePace(world: World, transfer: TransferState): void {
  const next = (Math.floor(world.now / loadSlotMs) + 1) * loadSlotMs;
  world.schedule(next - world.now, { kind: 'pace', transfer: transfer.id });
}

export function countEnds(world: World, transfer: TransferState): void {
  for (const name of [transfer.from, transfer.to]) {
    const host = world.host(name);
    if (host !== undefined) countUp(world, host);
  }
}
