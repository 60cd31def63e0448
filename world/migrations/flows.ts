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

/** Shares links anew, where a transfer of these hosts comes, goes or changes, their links do, or their guests' traffic. */
export function shareLinks(world: World, ...hosts: readonly string[]): void {
  const transfers = transfersAround(world, hosts);
  if (transfers.length === 0) return;
  const flowing: TransferState[] = [];
  const flows: Flow[] = [];
  const links = new Map<string, OneWay>();
  for (const transfer of transfers) {
    const flow = transferFlow(transfer.model);
    if (flow === undefined || !transfer.senderThere || !transfer.receiverThere) continue;
    const [from, to] = [world.host(transfer.from), world.host(transfer.to)];
    if (from === undefined || to === undefined || !isConnected(world, transfer)) continue;
    const crossed = linksBetween(world, from, to);
    for (const link of crossed) links.set(link.name, link);
    flowing.push(transfer);
    flows.push({ ...flow, links: crossed.map(({ name }) => name) });
  }
  const shares = sharesBesideGuests(world, [...links.values()], flows);
  const rates = new Map(flowing.map((transfer, index) => [transfer.id, shares[index] ?? silent]));
  for (const transfer of transfers) setRate(world, transfer, rates.get(transfer.id) ?? silent);
}

/**
 * Guests on these hosts send and receive, too, each a flow of its own. Where none of them asks for more than an even
 * part of what the others leave, they get what they ask for, and only the rest is to be shared.
 */
function sharesBesideGuests(world: World, links: readonly OneWay[], flows: readonly Flow[]) {
  const guests = links.map(({ name, host }) => {
    if (host === undefined) return [];
    const { sendAsks, receiveAsks } = columnsOf(world, host);
    return [...(name === `${host.name}/up` ? sendAsks : receiveAsks)];
  });
  const left = links.map(({ bytesPerSecond }, index) => bytesPerSecond - sumOf(guests[index] ?? []));
  const areServed = links.every(({ name }, index) => {
    const crossing = flows.filter((flow) => flow.links.includes(name)).length;
    return Math.max(0, ...(guests[index] ?? [])) <= (left[index] ?? 0) / crossing;
  });
  if (areServed) {
    return fairShares(Object.fromEntries(links.map(({ name }, index) => [name, left[index] ?? 0])), flows);
  }
  const ofGuests = links.flatMap(({ name }, index) =>
    (guests[index] ?? []).map((capBytesPerSecond) => ({ links: [name], capBytesPerSecond })),
  );
  const whole = Object.fromEntries(links.map(({ name, bytesPerSecond }) => [name, bytesPerSecond]));
  return fairShares(whole, [...flows, ...ofGuests]);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
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
