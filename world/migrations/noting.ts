import type { Happening } from '#shared/model/happening.ts';
import { jobStatistics } from '../physics/jobStatistics.ts';
import { noteHappening } from '../state/happenings.ts';
import type { World } from '../state/world.ts';
import { targetOf } from './connecting.ts';
import type { End } from './find.ts';
import type { TransferState } from './transferState.ts';

/** Memory flows from now on, it is all there and the guest with it, or nothing comes of it. */
export function noteMigration(
  world: World,
  transfer: TransferState,
  outcome: Exclude<Happening['outcome'], 'refused'>,
  reason?: string,
): void {
  const { uuid, from, to } = transfer;
  const domain = world.host(from)?.domains[uuid] ?? world.host(to)?.domains[uuid];
  noteHappening(world, {
    kind: 'migrate-vm',
    object: domain?.definition.name ?? uuid,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    host: from,
    to,
    ...(outcome === 'begun' ? {} : { figures: figuresOf(world, transfer) }),
  });
}

/** It came to nothing before any memory flowed. */
export function noteUnsent(world: World, { host, domain, instance }: End, reason: string): void {
  const to = targetOf(world, instance.outgoing?.uri ?? '')?.host.name;
  noteHappening(world, {
    kind: 'migrate-vm',
    object: domain.definition.name,
    outcome: 'failed',
    reason,
    host: host.name,
    ...(to === undefined ? {} : { to }),
  });
}

function figuresOf(world: World, { model }: TransferState): Readonly<Record<string, number>> {
  const job = jobStatistics(model, world.now);
  const { startedMs, stoppedMs } = model;
  return {
    totalMs: job.timeElapsedMs,
    rounds: model.synchronisations,
    memoryBytes: job.memorySentBytes,
    diskBytes: job.diskSentBytes,
    throttlePercent: job.throttlePercent ?? 0,
    // Of one that never came to it there is none.
    ...(startedMs === undefined || stoppedMs === undefined
      ? {}
      : { downtimeMs: Math.round(startedMs - stoppedMs) }),
  };
}
