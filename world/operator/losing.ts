import { endInstance } from '../domains/instances.ts';
import { resumeDomain } from '../domains/power.ts';
import { sessionGone } from '../migrations/sessionGone.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { answers } from './choosing.ts';
import { moveEnded, type OperatorMove } from './moving.ts';

/** A minute after it lost a migration the operator looks where its VM is, and again while nothing can be told. */
const looksAfterMs = 60_000;

/**
 * The operator's connections to a host have broken, or it has been silent for so long that both ends have given them
 * up: its moves from there and to there end as a console's do, at both of their hosts.
 */
export function connectionsLost(world: World, host: HostState, why: string): void {
  for (const move of Object.values(world.state.moves)) {
    if (move.from === host.name || move.to === host.name) lose(world, move, why);
  }
}

/** After a restart of the world's process, which has undone what hung on sessions, the operator's among them. */
export function movesLost(world: World): void {
  for (const move of Object.values(world.state.moves)) {
    lose(world, move, "the world's process ended meanwhile, and with it the operator's connections");
  }
}

function lose(world: World, move: OperatorMove, why: string): void {
  // First of all, so that no answer of what follows is heard.
  moveEnded(world, move, 'failed', new Error(why));
  for (const name of [move.from, move.to]) {
    const host = world.host(name);
    if (host !== undefined) sessionGone(world, host, move.id);
  }
  if (move.isSending) lookAfter(world, move);
}

type Left = Pick<OperatorMove, 'uuid' | 'from' | 'to' | 'startedAt'>;

function lookAfter(world: World, { uuid, from, to, startedAt }: Left): void {
  world.schedule(looksAfterMs, { kind: 'operator-tidies', uuid, from, to, startedAt });
}

/**
 * What nobody was there to end: the original of a guest that came up elsewhere goes, whatever has become of it there
 * since, and one that was stopped for the last part and came up nowhere goes on.
 */
export function operatorTidies(world: World, left: Left): void {
  const { uuid, startedAt } = left;
  const [from, to] = [world.host(left.from), world.host(left.to)];
  if (from === undefined || to === undefined) return;
  const domain = from.domains[uuid];
  const instance = domain?.instance;
  const there = to.domains[uuid]?.instance;
  // With its host's power its original has gone, too.
  if (domain === undefined || instance === undefined) return;
  const isBusy = instance.outgoing !== undefined || there?.incoming !== undefined;
  if (isBusy || !answers(world, from) || !answers(world, to)) return lookAfter(world, left);
  if (instance.state !== 'paused' || instance.reason !== 'migration') return;
  const cameUp = world
    .hosts()
    .some((host) => host !== from && (host.domains[uuid]?.arrivedAt ?? 0) > startedAt);
  if (cameUp) {
    domain.persistent = false;
    endInstance(world, from, domain, 'migrated');
  } else if (there === undefined) {
    resumeDomain(world, from, uuid, { ok: () => undefined, fail: () => undefined });
  }
}

/** A host that has said nothing for the time of a keepalive. */
export function operatorMisses(world: World, name: string, silentSince: number): void {
  const host = world.host(name);
  if (host?.silentSince === silentSince) connectionsLost(world, host, `${name} does not answer any more`);
}
