import { notValid, requireDomain, requireInstance } from '../domains/find.ts';
import { wakeGuest } from '../domains/guest.ts';
import { endInstance, freeName, setInstanceState } from '../domains/instances.ts';
import { jobStatistics } from '../physics/jobStatistics.ts';
import { abortTransfer } from '../physics/transfer.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { dropIfDone } from './endings.ts';
import { transferBy } from './find.ts';
import { goOnWithoutConsole } from './holding.ts';
import { noteMigration } from './noting.ts';
import { take } from './transferring.ts';

const procedure = 'domainMigrateConfirm3Params';

/** The original goes, definition and all; or, cancelled, runs on. */
export function confirm(
  world: World,
  host: HostState,
  { uuid, cancelled }: { readonly uuid: string; readonly cancelled: boolean },
): object {
  const domain = requireDomain(host, uuid, procedure);
  const instance = requireInstance(host, domain, procedure);
  if (instance.outgoing === undefined) {
    throw notValid(
      host,
      procedure,
      `domain '${domain.definition.name}' is not processing outgoing migration`,
    );
  }
  goOnWithoutConsole(world, uuid);
  if (cancelled) goOn(world, host, domain, instance);
  else removeOriginal(world, host, domain, instance);
  return {};
}

function removeOriginal(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  const transfer = transferBy(world, instance.outgoing?.transfer);
  if (transfer !== undefined) {
    const job = { state: 'completed' as const, ...jobStatistics(transfer.model, world.now) };
    world.listeners.tell(host.name, { kind: 'job-completed', uuid: domain.uuid, job });
  }
  delete instance.outgoing;
  domain.persistent = false;
  endInstance(world, host, domain, 'migrated');
  if (transfer === undefined) return;
  transfer.senderThere = false;
  dropIfDone(world, transfer);
}

function goOn(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  const { outgoing } = instance;
  const transfer = transferBy(world, outgoing?.transfer);
  if (transfer !== undefined && outgoing?.phase === 'performing') {
    return take(world, transfer, abortTransfer(transfer.model, world.now));
  }
  if (transfer !== undefined && outgoing?.phase === 'performed') {
    noteMigration(world, transfer, 'failed', 'it was called off after all was sent');
  }
  delete instance.outgoing;
  if (instance.state === 'paused' && instance.reason === 'migration' && outgoing?.wasActive === true) {
    setInstanceState(world, host, domain, instance, 'active', 'migration-cancelled');
    wakeGuest(world, host, domain, instance);
  }
  world.cameOut(freeName(host, domain.uuid));
  if (transfer !== undefined) dropIfDone(world, transfer);
}
