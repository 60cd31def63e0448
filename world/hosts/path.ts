import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { isCut, uplinksBetween, uplinksOf } from './switches.ts';

/** libvirt's keepalive, of consoles and of the world's own operator: five questions, five seconds apart. */
export const keepaliveMs = 25_000;
/** Linux sends again after 0.2 s, and each time after twice as long (RFC 6298). */
const firstRetryMs = 200;

/** Whether anything gets through between a host and the workstation. */
export function isOpen(world: World, host: HostState): boolean {
  return isPlugged(host) && !isCut(world, uplinksOf(world, host));
}

function isPlugged(host: HostState): boolean {
  return host.power === 'on' && !host.cut;
}

/** Two hosts reach each other where both are on and no link between them is cut. */
export function reach(world: World, one: HostState, other: HostState): boolean {
  if (!isPlugged(one) || !isPlugged(other)) return false;
  const { up, down } = uplinksBetween(world, one, other);
  return !isCut(world, up) && !isCut(world, down);
}

/**
 * After what closed it: nothing comes through to the workstation from now on, in either direction and without a word to
 * anybody. Nor, it may be, to hosts that it still reached below an uplink that is cut.
 */
export function closePath(world: World, host: HostState): void {
  if (isOpen(world, host)) return;
  if (host.silentSince === undefined) {
    host.silentSince = world.now;
    world.listeners.pathClosed(host.name);
    if (hasMoves(world, host)) {
      world.schedule(keepaliveMs, { kind: 'operator-misses', host: host.name, silentSince: world.now });
    }
  }
  world.pathChanged(host);
}

/** After what opened it: something comes through again; what was under way is heard when TCP tries next. */
export function openPath(world: World, host: HostState): void {
  if (!isPlugged(host)) return;
  const { silentSince } = host;
  if (silentSince !== undefined && isOpen(world, host)) {
    delete host.silentSince;
    host.heardSince = world.now;
    host.resumesAt = silentSince + nextTryAfter(world.now - silentSince);
    world.listeners.pathOpened(host.name);
  }
  world.pathChanged(host);
}

function hasMoves(world: World, { name }: HostState): boolean {
  return Object.values(world.state.moves).some(({ from, to }) => from === name || to === name);
}

/** Of the moments at which TCP tries again, the first that is not before `silentForMs`. */
export function nextTryAfter(silentForMs: number): number {
  let tryAt = firstRetryMs;
  for (let wait = firstRetryMs * 2; tryAt < silentForMs; wait *= 2) tryAt += wait;
  return tryAt;
}
