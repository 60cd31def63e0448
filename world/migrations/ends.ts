import { endInstance } from '../domains/instances.ts';
import { savingFailed } from '../domains/saving.ts';
import { reach } from '../hosts/path.ts';
import { breakTransfer } from '../physics/transfer.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { retryConnecting } from './connecting.ts';
import { dropIfDone, handedName, setPostCopyFailed } from './endings.ts';
import { destinationOf, isInPostCopy, sourceOf, transferBy, waitNames } from './find.ts';
import { isConnected, shareLinks } from './flows.ts';
import { goOnWithoutConsole } from './holding.ts';
import { noteMigration } from './noting.ts';
import { take } from './transferring.ts';
import type { TransferState } from './transferState.ts';
import { transfersAt } from './transfersAt.ts';

/** Linux gives a connection up after sending again fifteen times (tcp_retries2). */
const tcpGivesUpMs = 924_600;

/** A QEMU is gone, by whatever: its calls fail, and the other end of its migration hears of it if anything gets through. */
export function instanceEnded(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
): void {
  const { run, outgoing, incoming } = instance;
  const gone = (procedure: string) => ({
    ok: false as const,
    error: libvirtSays(host.name, procedure, 'operationFailed', 'operation failed: domain is not running'),
  });
  if (instance.saving !== undefined) {
    savingFailed(world, host, instance, 'operation failed: domain is not running');
  }
  if (instance.restoring !== undefined) world.cameOut(`restored ${host.name} ${run}`, gone('domainCreate'));
  if (outgoing !== undefined) {
    goOnWithoutConsole(world, domain.uuid);
    const transfer = transferBy(world, outgoing.transfer);
    if (transfer !== undefined && outgoing.phase === 'performing') {
      noteMigration(world, transfer, 'failed', `the VM ended on ${host.name}`);
    }
    world.cameOut(waitNames.perform(host.name, run), gone('domainMigratePerform3Params'));
    endGone(world, transfer, 'senderThere');
  }
  if (incoming !== undefined) {
    goOnWithoutConsole(world, domain.uuid);
    world.cameOut(handedName({ to: host.name, uuid: domain.uuid }), gone('domainMigrateFinish3Params'));
    world.cameOut(waitNames.finish(host.name, run), gone('domainMigrateFinish3Params'));
    endGone(world, transferBy(world, incoming.transfer), 'receiverThere');
  }
}

function endGone(
  world: World,
  transfer: TransferState | undefined,
  which: 'senderThere' | 'receiverThere',
): void {
  if (transfer === undefined) return;
  transfer[which] = false;
  hear(world, transfer);
  dropIfDone(world, transfer);
  shareLinks(world, transfer.from, transfer.to);
}

/** Each end hears what became of the other, if anything gets through between them. */
export function hear(world: World, transfer: TransferState): void {
  if (!isConnected(world, transfer)) return;
  const { model, senderThere, receiverThere } = transfer;
  const isWhole = senderThere && receiverThere;
  switch (model.phase) {
    case 'setup':
    case 'mirror':
    case 'pre-copy':
    case 'stop-and-copy':
      if (senderThere && !receiverThere) breakNow(world, transfer);
      else if (!senderThere) receiverExits(world, transfer);
      return;
    case 'handed-over':
    case 'post-copy':
      if (!isWhole && isInPostCopy(transfer)) breakNow(world, transfer);
      return;
    case 'post-copy-paused': {
      const destination = destinationOf(world, transfer);
      const source = sourceOf(world, transfer);
      if (destination !== undefined) setPostCopyFailed(world, transfer, destination);
      if (source !== undefined) setPostCopyFailed(world, transfer, source);
      return;
    }
    case 'failed':
    case 'cancelled':
      return receiverExits(world, transfer);
    case 'completed':
      return;
    default:
      model.phase satisfies never;
  }
}

function breakNow(world: World, transfer: TransferState): void {
  take(world, transfer, breakTransfer(transfer.model, world.now, 'unexpectedly failed'));
}

/** What arrived in it is not whole: it ends, and says why in its log. */
function receiverExits(world: World, transfer: TransferState): void {
  const destination = destinationOf(world, transfer);
  if (destination !== undefined) endInstance(world, destination.host, destination.domain, 'failed');
}

/** TCP between two hosts notices nothing of a silence but that its bytes are not acknowledged. */
export function pathChanged(world: World, host: HostState): void {
  for (const transfer of transfersAt(world, host.name)) {
    const from = world.host(transfer.from);
    const to = world.host(transfer.to);
    if (from === undefined || to === undefined) continue;
    if (!reach(world, from, to)) stalls(world, transfer);
    else if (transfer.stalledSince !== undefined) {
      const heardAt = Math.max(world.now, from.resumesAt, to.resumesAt);
      world.schedule(heardAt - world.now, { kind: 'transfer-resumes', transfer: transfer.id });
    }
  }
  shareLinks(world, host.name);
  retryConnecting(world, host);
}

function stalls(world: World, transfer: TransferState): void {
  if (transfer.stalledSince !== undefined) return;
  transfer.stalledSince = world.now;
  if (transfer.model.phase === 'stop-and-copy') goOnWithoutConsole(world, transfer.uuid);
  world.schedule(tcpGivesUpMs, {
    kind: 'transfer-timeout',
    transfer: transfer.id,
    stalledSince: world.now,
  });
}

export function transferResumes(world: World, id: string): void {
  const transfer = world.state.transfers[id];
  const from = world.host(transfer?.from ?? '');
  const to = world.host(transfer?.to ?? '');
  if (transfer?.stalledSince === undefined || from === undefined || to === undefined) return;
  if (!reach(world, from, to) || Math.max(from.resumesAt, to.resumesAt) > world.now) return;
  delete transfer.stalledSince;
  hear(world, transfer);
  dropIfDone(world, transfer);
  shareLinks(world, transfer.from, transfer.to);
}

export function transferTimeout(world: World, id: string, stalledSince: number): void {
  const transfer = world.state.transfers[id];
  if (transfer === undefined || transfer.stalledSince !== stalledSince || !transfer.senderThere) return;
  take(world, transfer, breakTransfer(transfer.model, world.now, 'Connection timed out'));
}
