import { wakeGuest } from '../domains/guest.ts';
import { endInstance, freeName, setInstanceState } from '../domains/instances.ts';
import { jobStatistics } from '../physics/jobStatistics.ts';
import { libvirtSays } from '../state/failures.ts';
import type { World } from '../state/world.ts';
import { takeContents } from '../storage/files.ts';
import { fileAt } from '../storage/stores.ts';
import { hear } from './ends.ts';
import { destinationOf, type End, isInPostCopy, sourceOf, waitNames } from './find.ts';
import { countEnds } from './flows.ts';
import { goOnWithoutConsole, waitForConsole } from './holding.ts';
import { noteMigration, noteUnsent } from './noting.ts';
import type { TransferState } from './transferState.ts';
import { removeTransfer } from './transfersAt.ts';

/**
 * The source is through: its call answers. Where nobody is left to answer, libvirt lets the job go and leaves the guest
 * stopped, for whoever knows more; in post-copy it calls it failed, and QEMU goes on.
 */
export function handedOver(world: World, transfer: TransferState): void {
  const source = sourceOf(world, transfer);
  const destination = destinationOf(world, transfer);
  for (const path of transfer.copiedDisks) {
    takeContents(world, fileAt(world, transfer.from, path), fileAt(world, transfer.to, path));
  }
  if (source === undefined) return;
  const { outgoing, run } = source.instance;
  if (outgoing === undefined) return;
  outgoing.phase = 'performed';
  if (destination !== undefined) destination.instance.guest = { ...source.instance.guest };
  world.cameOut(waitNames.perform(transfer.from, run));
  const { session } = outgoing;
  if (session === undefined) letGo(world, transfer, source);
  waitForConsole(world, transfer.uuid, session, destination?.instance.incoming?.session);
  world.cameOut(handedName(transfer));
}

export function handedName({ to, uuid }: Pick<TransferState, 'to' | 'uuid'>): string {
  return `handed ${to} ${uuid}`;
}

/** Nobody controls the source's end any more, and it has nothing more to do by itself or only the rest of post-copy. */
export function letGo(world: World, transfer: TransferState, { host, domain, instance }: End): void {
  goOnWithoutConsole(world, transfer.uuid);
  if (isInPostCopy(transfer)) return setPostCopyFailed(world, transfer, { host, domain, instance });
  if (transfer.model.phase === 'completed' && transfer.model.postCopyAsked) {
    return endInstance(world, host, domain, 'migrated');
  }
  delete instance.outgoing;
  world.cameOut(freeName(host, domain.uuid));
  dropIfDone(world, transfer);
}

/** All of it is at the destination, and the guest runs there. */
export function completed(world: World, transfer: TransferState): void {
  noteMigration(world, transfer, 'done');
  const destination = destinationOf(world, transfer);
  if (destination !== undefined) {
    const { host, domain, instance } = destination;
    instance.completed = { state: 'completed', ...jobStatistics(transfer.model, world.now) };
    delete instance.incoming;
    if (instance.state === 'active' && instance.reason !== 'migrated') {
      setInstanceState(world, host, domain, instance, 'active', 'migrated');
    }
    world.cameOut(waitNames.finish(host.name, instance.run));
    world.cameOut(freeName(host, domain.uuid));
  }
  const source = sourceOf(world, transfer);
  if (source?.instance.outgoing?.session === undefined && source !== undefined) {
    letGo(world, transfer, source);
  } else if (source !== undefined) {
    waitForConsole(world, transfer.uuid, source.instance.outgoing?.session);
  }
  dropIfDone(world, transfer);
}

/** Before anything was handed over: the guest goes on at the source, and what had arrived is worth nothing. */
export function failed(world: World, transfer: TransferState, text: string): void {
  noteMigration(world, transfer, 'failed', text);
  goOnWithoutConsole(world, transfer.uuid);
  const source = sourceOf(world, transfer);
  if (source !== undefined) performFailed(world, source, text);
  transfer.senderThere = false;
  hear(world, transfer);
  dropIfDone(world, transfer);
}

/** The call fails, the job is over and the guest runs on where it was. */
export function performFailed(world: World, { host, domain, instance }: End, text: string): void {
  const { outgoing, run } = instance;
  if (outgoing === undefined) return;
  if (outgoing.transfer === undefined) noteUnsent(world, { host, domain, instance }, text);
  delete instance.outgoing;
  const isStopped = instance.reason === 'migration' || instance.reason === 'post-copy';
  if (instance.state === 'paused' && isStopped && outgoing.wasActive) {
    setInstanceState(world, host, domain, instance, 'active', 'migration-cancelled');
    wakeGuest(world, host, domain, instance);
  } else world.loadsChanged(host);
  const isCancelled = text.startsWith('operation aborted');
  const error = libvirtSays(
    host.name,
    'domainMigratePerform3Params',
    isCancelled ? 'operationAborted' : 'operationFailed',
    text,
  );
  world.cameOut(waitNames.perform(host.name, run), { ok: false, error });
  world.cameOut(freeName(host, domain.uuid));
}

/** The exchange has stopped in the middle of post-copy. The source knows; the destination once it hears of it. */
export function postCopyStopped(world: World, transfer: TransferState): void {
  noteMigration(world, transfer, 'failed', 'its memory lies on both hosts until they are joined again');
  const source = sourceOf(world, transfer);
  if (source !== undefined) setPostCopyFailed(world, transfer, source);
  hear(world, transfer);
}

/** libvirt calls it so as soon as it does not control an end any more, whether or not QEMU goes on. */
export function setPostCopyFailed(world: World, transfer: TransferState, end: End): void {
  const { host, domain, instance } = end;
  if (instance.reason === 'post-copy-failed') return;
  setInstanceState(world, host, domain, instance, instance.state, 'post-copy-failed');
  world.listeners.tell(host.name, { kind: 'post-copy-failed', uuid: transfer.uuid });
}

/** No instance refers to it any more. */
export function dropIfDone(world: World, transfer: TransferState): void {
  if (sourceOf(world, transfer) !== undefined || destinationOf(world, transfer) !== undefined) return;
  countEnds(world, transfer);
  removeTransfer(world, transfer);
}
