import { workloadOf } from '../hosts/guests.ts';
import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { notValid, type OfInstance, requireDomain, requireInstance, runningIn } from './find.ts';
import { wakeGuest } from './guest.ts';
import { endInstance, freeName, setInstanceState } from './instances.ts';
import { whenFree } from './jobs.ts';

const procedure = 'domainManagedSave';
const mebibyte = 1024 ** 2;
/** It is written to the host's own disk. */
const savedWriteBytesPerSecond = 450 * mebibyte;
const beginsMs = 200;

export function saveDomain(world: World, host: HostState, uuid: string, answer: Answer<object>): void {
  const domain = requireDomain(host, uuid, procedure);
  whenFree(world, host, domain, procedure, answer, () => {
    const instance = requireInstance(host, domain, procedure);
    if (!domain.persistent) {
      throw notValid(host, procedure, 'cannot do managed save for transient domain');
    }
    const wasActive = instance.state === 'active';
    const bytes = savedBytes(world, domain);
    setInstanceState(world, host, domain, instance, 'paused', 'saving');
    instance.saving = { startedAt: world.now, bytes, wasActive };
    const { run } = instance;
    world.await(savedName(host, instance), (outcome) =>
      outcome.ok ? answer.ok({}) : answer.fail(outcome.error),
    );
    world.schedule(savingMs(bytes), { kind: 'saved', host: host.name, uuid, run });
  });
}

export function saved(world: World, event: OfInstance): void {
  const { host, domain, instance } = runningIn(world, event) ?? {};
  if (host === undefined || domain === undefined || instance?.saving === undefined) return;
  const { bytes, wasActive } = instance.saving;
  domain.saved = { bytes, guest: instance.guest, wasActive };
  delete instance.saving;
  endInstance(world, host, domain, 'saving');
  world.cameOut(savedName(host, instance));
}

/** Called off: the guest goes on as if nothing had been. */
export function cancelSaving(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
): void {
  if (instance.saving === undefined) return;
  const { wasActive } = instance.saving;
  delete instance.saving;
  setInstanceState(
    world,
    host,
    domain,
    instance,
    wasActive ? 'active' : 'paused',
    wasActive ? 'migration-cancelled' : 'user',
  );
  if (wasActive) wakeGuest(world, host, domain, instance);
  savingFailed(world, host, instance, 'operation aborted: domain save job: canceled by client');
  world.cameOut(freeName(host, domain.uuid));
}

/** Whoever waits for it hears that nothing was saved. */
export function savingFailed(world: World, host: HostState, instance: InstanceState, text: string): void {
  const error = libvirtSays(host.name, procedure, 'operationAborted', text);
  world.cameOut(savedName(host, instance), { ok: false, error });
}

/** How much of it is written, bytes. */
export function savedSoFar(world: World, { saving }: InstanceState): number {
  if (saving === undefined) return 0;
  const part = (world.now - saving.startedAt - beginsMs) / (savingMs(saving.bytes) - beginsMs);
  return Math.round(saving.bytes * Math.min(1, Math.max(0, part)));
}

function savedBytes(world: World, { uuid, definition }: DomainState): number {
  return Math.round(definition.memoryMiB * mebibyte * workloadOf(world, uuid).memory.touchedShare);
}

function savingMs(bytes: number): number {
  return beginsMs + (bytes / savedWriteBytesPerSecond) * 1000;
}

function savedName(host: HostState, { run }: InstanceState): string {
  return `saved ${host.name} ${run}`;
}
