import { type MigrationJob, nothingSent } from '#shared/model/migrationJob.ts';
import { notValid, requireDomain, requireInstance } from '../domains/find.ts';
import { cancelSaving, savedSoFar } from '../domains/saving.ts';
import { jobStatistics } from '../physics/jobStatistics.ts';
import {
  abortTransfer,
  breakTransfer,
  setDowntimeLimit,
  startPostCopy as switchToPostCopy,
} from '../physics/transfer.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { isInPostCopy, transferBy } from './find.ts';
import { take } from './transferring.ts';

/** undefined where there is no job to speak of. */
export function jobOf(world: World, host: HostState, uuid: string): MigrationJob | undefined {
  const instance = host.domains[uuid]?.instance;
  if (instance?.incoming !== undefined) return { state: 'incoming', ...nothingSent };
  if (instance?.saving !== undefined) {
    const { bytes, startedAt } = instance.saving;
    const sent = savedSoFar(world, instance);
    return {
      ...nothingSent,
      state: 'active',
      timeElapsedMs: Math.round(world.now - startedAt),
      memoryTotalBytes: bytes,
      memorySentBytes: sent,
      memoryRemainingBytes: bytes - sent,
    };
  }
  if (instance?.outgoing === undefined) return undefined;
  const { startedAt, transfer: id } = instance.outgoing;
  const transfer = transferBy(world, id);
  const timeElapsedMs = Math.round(world.now - startedAt);
  return transfer === undefined
    ? { state: 'active', ...nothingSent, timeElapsedMs }
    : { state: 'active', ...jobStatistics(transfer.model, world.now), timeElapsedMs };
}

export function completedJobOf(host: HostState, uuid: string): MigrationJob | undefined {
  return host.domains[uuid]?.instance?.completed;
}

/** Calls off what is under way; nothing happens where nothing flows yet or any more. */
export function abort(world: World, host: HostState, uuid: string): object {
  const procedure = 'domainAbortJob';
  const domain = requireDomain(host, uuid, procedure);
  const instance = requireInstance(host, domain, procedure);
  if (instance.saving !== undefined) cancelSaving(world, host, domain, instance);
  else if (instance.incoming !== undefined) {
    throw notValid(host, procedure, 'cannot abort incoming migration; use virDomainDestroy instead');
  } else if (instance.outgoing === undefined) {
    throw notValid(host, procedure, 'no job is active on the domain');
  } else {
    const transfer = transferBy(world, instance.outgoing.transfer);
    if (transfer !== undefined && isInPostCopy(transfer)) {
      throw notValid(host, procedure, 'cannot abort migration in post-copy mode');
    }
    if (transfer !== undefined && instance.outgoing.phase === 'performing') {
      take(world, transfer, abortTransfer(transfer.model, world.now));
    }
  }
  return {};
}

export function startPostCopy(world: World, host: HostState, uuid: string): object {
  const procedure = 'domainMigrateStartPostCopy';
  const domain = requireDomain(host, uuid, procedure);
  const { outgoing } = requireInstance(host, domain, procedure);
  const transfer = transferBy(world, outgoing?.transfer);
  if (outgoing?.phase !== 'performing' || transfer?.model.phase !== 'pre-copy') {
    throw notValid(host, procedure, 'post-copy can only be started while outgoing migration is in progress');
  }
  if (!outgoing.settings.postCopy) {
    throw notValid(
      host,
      procedure,
      'switching to post-copy requires migration to be started with VIR_MIGRATE_POSTCOPY flag',
    );
  }
  take(world, transfer, switchToPostCopy(transfer.model, world.now));
  return {};
}

/** Stops the exchange of one that no longer moves, so that it can be taken up again. */
export function pausePostCopy(world: World, host: HostState, uuid: string): object {
  const procedure = 'domainAbortJobFlags';
  const domain = requireDomain(host, uuid, procedure);
  const { outgoing } = requireInstance(host, domain, procedure);
  const transfer = transferBy(world, outgoing?.transfer);
  if (outgoing === undefined || transfer === undefined || !isInPostCopy(transfer)) {
    throw notValid(host, procedure, 'current job is not outgoing migration in post-copy mode');
  }
  if (transfer.model.phase === 'post-copy-paused') return {};
  take(world, transfer, breakTransfer(transfer.model, world.now, 'paused'));
  return {};
}

export function setMaxDowntime(world: World, host: HostState, uuid: string, milliseconds: number): object {
  const procedure = 'domainMigrateSetMaxDowntime';
  const domain = requireDomain(host, uuid, procedure);
  const { outgoing } = requireInstance(host, domain, procedure);
  if (outgoing === undefined) throw notValid(host, procedure, 'domain is not being migrated');
  const transfer = transferBy(world, outgoing.transfer);
  if (transfer === undefined) throw notValid(host, procedure, 'the migration has not begun to send');
  take(world, transfer, setDowntimeLimit(transfer.model, world.now, milliseconds));
  return {};
}
