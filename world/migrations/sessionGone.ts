import { endInstance, freeName } from '../domains/instances.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { letGo } from './endings.ts';
import { transferBy } from './find.ts';
import { goOnWithoutConsole } from './holding.ts';

/** A host has learnt that a session is no more: what hung on it is undone (qemuMigrationSrcCleanup, auto-destroy). */
export function sessionGone(world: World, host: HostState, session: string): void {
  for (const domain of Object.values(host.domains)) {
    if (domain.instance?.outgoing?.session === session) sourceLetGo(world, host, domain);
    if (domain.instance?.incoming?.session === session) destinationLetGo(world, host, domain);
  }
}

/** After a restart of the world's process nobody is connected to anything. */
export function allSessionsGone(world: World): void {
  for (const host of world.hosts()) {
    for (const { instance } of Object.values(host.domains)) {
      const { outgoing, incoming } = instance ?? {};
      for (const session of [outgoing?.session, incoming?.session]) {
        if (session !== undefined) sessionGone(world, host, session);
      }
    }
  }
}

function sourceLetGo(world: World, host: HostState, domain: DomainState): void {
  const { instance } = domain;
  if (instance?.outgoing === undefined) return;
  delete instance.outgoing.session;
  const { phase } = instance.outgoing;
  // Whoever sends goes on sending.
  if (phase === 'connecting' || phase === 'performing') return;
  const transfer = transferBy(world, instance.outgoing.transfer);
  if (transfer !== undefined) return letGo(world, transfer, { host, domain, instance });
  goOnWithoutConsole(world, domain.uuid);
  delete instance.outgoing;
  world.cameOut(freeName(host, domain.uuid));
}

/** It has never run; once it was told to start it hangs on nobody any more. */
function destinationLetGo(world: World, host: HostState, domain: DomainState): void {
  const incoming = domain.instance?.incoming;
  if (incoming === undefined) return;
  delete incoming.session;
  if (!incoming.finishing) endInstance(world, host, domain, 'failed');
}
