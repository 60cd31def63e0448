import { setInstanceState } from '../domains/instances.ts';
import { advanceTransfer, nextTransferEvent, transferFlow } from '../physics/transfer.ts';
import type { Advanced, TransferEvent } from '../physics/transferTypes.ts';
import type { World } from '../state/world.ts';
import { completed, failed, handedOver, postCopyStopped } from './endings.ts';
import { destinationOf, sourceOf } from './find.ts';
import { countEnds, paceGuest, schedulePace, shareLinks, shareLinksInSlot } from './flows.ts';
import { waitForConsole } from './holding.ts';
import type { TransferState } from './transferState.ts';

/** The model was advanced, or told of a change: what came of it happens now, and its next event is planned. */
export function take(world: World, transfer: TransferState, { transfer: model, events }: Advanced): void {
  if (events.length > 0) countEnds(world, transfer);
  const wishBefore = wishOf(transfer);
  transfer.model = model;
  transfer.turn += 1;
  const { turn } = transfer;
  for (const event of events) happens(world, transfer, event);
  if (wishOf(transfer) !== wishBefore) shareLinks(world, transfer.from, transfer.to);
  // What happened may have changed it again, and planned it then.
  if (transfer.turn === turn) plan(world, transfer);
}

/** What it asks of the network, to be compared. */
function wishOf({ model }: TransferState): string {
  const flow = transferFlow(model);
  return flow === undefined ? 'nothing' : `${flow.capBytesPerSecond ?? 'all'}`;
}

function plan(world: World, transfer: TransferState): void {
  const at = nextTransferEvent(transfer.model);
  if (at === undefined || world.state.transfers[transfer.id] === undefined) return;
  world.schedule(at - world.now, { kind: 'transfer', transfer: transfer.id, turn: transfer.turn });
}

export function transferDue(world: World, id: string, turn: number): void {
  const transfer = world.state.transfers[id];
  if (transfer?.turn === turn) take(world, transfer, advanceTransfer(transfer.model, world.now));
}

export function paceDue(world: World, id: string): void {
  const transfer = world.state.transfers[id];
  if (transfer === undefined) return;
  shareLinksInSlot(world, transfer);
  if (world.state.transfers[id] === undefined) return;
  paceGuest(world, transfer);
  schedulePace(world, transfer);
}

function happens(world: World, transfer: TransferState, event: TransferEvent): void {
  const source = sourceOf(world, transfer);
  switch (event.kind) {
    case 'mirrored':
      return;
    case 'round':
      return world.listeners.tell(transfer.from, { kind: 'round', uuid: transfer.uuid, round: event.round });
    case 'throttled':
      if (source !== undefined) world.loadsChanged(source.host);
      return;
    case 'stopped':
      if (source !== undefined) {
        const reason = event.postCopy ? 'post-copy' : 'migration';
        setInstanceState(world, source.host, source.domain, source.instance, 'paused', reason);
        // What a console or a fault can still meet in this moment on real hosts it must be able to meet here.
        waitForConsole(world, transfer.uuid, source.instance.outgoing?.session);
      }
      return world.listeners.tell(transfer.from, {
        kind: event.postCopy ? 'post-copy-active' : 'stopped',
        uuid: transfer.uuid,
      });
    case 'handed-over':
      return handedOver(world, transfer);
    case 'pace': {
      const destination = destinationOf(world, transfer);
      if (destination !== undefined) world.loadsChanged(destination.host);
      return;
    }
    case 'completed':
      return completed(world, transfer);
    case 'cancelled':
      return failed(world, transfer, 'operation aborted: migration out job: canceled by client');
    case 'failed':
      return failed(world, transfer, `operation failed: migration out job: ${event.cause}`);
    case 'post-copy-paused':
      return postCopyStopped(world, transfer);
    default:
      event satisfies never;
  }
}
