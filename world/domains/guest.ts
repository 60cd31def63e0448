import { countUp } from '../hosts/counting.ts';
import type { GuestEvent } from '../state/events.ts';
import { noteHappening } from '../state/happenings.ts';
import type { DomainState, GuestState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { runningIn } from './find.ts';
import { askWithinMs, guestKindOf } from './guestKinds.ts';
import { endInstance } from './instances.ts';

/** A guest that was stopped at an awkward moment takes up what it was at. */
const takesUpAfterMs = 1000;

/** As after power-on. */
export function freshGuest(world: World): GuestState {
  return { bootedAt: world.now, phase: 'booting', hung: false };
}

/** Boots the guest of a running instance anew, whatever it was at. */
export function bootGuest(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  countUp(world, host);
  const wasHung = instance.guest.hung;
  instance.guest = freshGuest(world);
  if (instance.state === 'active') delete instance.quietSince;
  isThrough(world, host, domain, instance, guestKindOf(domain.definition.guestSystem).bootMs);
  world.loadsChanged(host);
  if (wasHung) world.changed();
}

/** The guest sees that its power button was pressed, or that it is asked to start anew. */
export function askGuest(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
  what: 'shutting-down' | 'rebooting',
): void {
  const { guest } = instance;
  // Nobody is there yet to see it, or anymore.
  if (instance.state !== 'active' || guest.hung || guest.phase !== 'up') return;
  const kind = guestKindOf(domain.definition.guestSystem);
  const isAskedAgain = guest.askedAt !== undefined && world.now - guest.askedAt <= askWithinMs;
  if (kind.askedTimes > 1 && !isAskedAgain) {
    guest.askedAt = world.now;
    return;
  }
  delete guest.askedAt;
  guest.phase = what;
  isThrough(world, host, domain, instance, kind.powersOffAfterMs);
}

/** It executes again, here or on another host. */
export function wakeGuest(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  const { dueAt } = instance.guest;
  if (dueAt === undefined) return;
  isThrough(world, host, domain, instance, Math.max(takesUpAfterMs, dueAt - world.now));
}

export function guestDue(world: World, event: GuestEvent): void {
  const running = runningIn(world, event);
  if (running === undefined) return;
  const { host, domain, instance } = running;
  const { guest } = instance;
  if (guest.dueAt !== event.dueAt || instance.state !== 'active' || guest.hung) return;
  delete guest.dueAt;
  switch (guest.phase) {
    case 'booting':
      countUp(world, host);
      guest.phase = 'up';
      world.loadsChanged(host);
      world.guestChanged(host, domain.uuid);
      return noteHappening(world, {
        kind: 'guest-up',
        object: domain.definition.name,
        outcome: 'done',
        host: host.name,
      });
    case 'shutting-down':
      endInstance(world, host, domain, 'shutdown');
      return noteHappening(world, {
        kind: 'vm-off',
        object: domain.definition.name,
        outcome: 'done',
        host: host.name,
      });
    case 'rebooting':
      bootGuest(world, host, domain, instance);
      return world.tellRebooted(host, domain);
    case 'up':
      return;
    default:
      guest.phase satisfies never;
  }
}

function isThrough(
  world: World,
  host: HostState,
  { uuid }: DomainState,
  { guest, run }: InstanceState,
  afterMs: number,
): void {
  const dueAt = world.now + afterMs;
  guest.dueAt = dueAt;
  world.schedule(afterMs, { kind: 'guest', host: host.name, uuid, run, dueAt });
}
