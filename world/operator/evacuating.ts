import type { TimelineAction } from '../scenario/timeline.ts';
import { noteHappening, reasonOf } from '../state/happenings.ts';
import type { World } from '../state/world.ts';
import { answers, roomiestFor } from './choosing.ts';
import { type MoveOptions, startMove } from './moving.ts';

const looksAgainMs = 1000;

/** What is still to be moved away from a host. */
export interface Evacuation extends MoveOptions {
  readonly id: string;
  readonly host: string;
  readonly atOnce: number;
  /** UUIDs of those whose turn has been; each has one. */
  tried: readonly string[];
  moved: number;
}

/** @throws Error where the host does not answer, or is being emptied already */
export function evacuate(world: World, action: Extract<TimelineAction, { readonly kind: 'evacuate' }>): void {
  const host = world.host(action.host);
  if (host === undefined || !answers(world, host)) throw new Error(`${action.host} does not answer`);
  if (Object.values(world.state.evacuations).some((each) => each.host === host.name)) {
    throw new Error(`${host.name} is being emptied already`);
  }
  const { kind: _, ...options } = action;
  const id = `evacuation-${world.newNumber()}`;
  world.state.evacuations[id] = { ...options, id, tried: [], moved: 0 };
  noteHappening(world, { kind: 'evacuate', object: host.name, outcome: 'begun' });
  evacuationGoesOn(world, id);
}

/**
 * As many are under way as it may be; told when all are through, those among them that were on their way here when it
 * began. `outcome` is of one that has just ended.
 */
export function evacuationGoesOn(world: World, id: string, outcome?: 'done' | 'failed'): void {
  const evacuation = world.state.evacuations[id];
  if (evacuation === undefined) return;
  if (outcome === 'done') evacuation.moved += 1;
  for (;;) {
    const moves = Object.values(world.state.moves);
    const underWay = moves.filter((move) => move.evacuation === id).length;
    if (underWay >= evacuation.atOnce) return;
    const next = nextOf(world, evacuation);
    if (next === undefined) {
      const isComing = moves.some(({ to }) => to === evacuation.host);
      if (underWay > 0 || isComing) return;
      // Somebody else's migrations: nobody tells how they end.
      if (isLeft(world, evacuation.host)) lookLater(world, id);
      else ended(world, evacuation);
      return;
    }
    evacuation.tried = [...evacuation.tried, next];
    moveAway(world, evacuation, next);
    // That it failed at once may have ended all of it.
    if (world.state.evacuations[id] === undefined) return;
  }
}

/** Something has come to a host, or does not come any more. */
export function arrivalEnded(world: World, host: string): void {
  for (const evacuation of Object.values(world.state.evacuations)) {
    if (evacuation.host === host) evacuationGoesOn(world, evacuation.id);
  }
}

/** Whether a guest is just being moved away by a console. */
function isLeft(world: World, name: string): boolean {
  return Object.values(world.host(name)?.domains ?? {}).some(
    ({ instance }) => instance?.outgoing !== undefined,
  );
}

function lookLater(world: World, evacuation: string): void {
  world.schedule(looksAgainMs, { kind: 'evacuation-looks', evacuation });
}

function nextOf(world: World, { host: name, tried }: Evacuation): string | undefined {
  const here = Object.values(world.host(name)?.domains ?? {});
  return here.find(
    ({ uuid, instance }) =>
      instance !== undefined &&
      instance.incoming === undefined &&
      instance.outgoing === undefined &&
      !tried.includes(uuid),
  )?.uuid;
}

function moveAway(world: World, evacuation: Evacuation, uuid: string): void {
  const host = world.host(evacuation.host);
  const domain = host?.domains[uuid];
  if (host === undefined || domain?.instance === undefined) return;
  const vm = domain.definition.name;
  try {
    const to = roomiestFor(world, host, domain, evacuation.copyStorage);
    if (to === undefined) throw new Error('no other host has room for it and sees its disks and networks');
    startMove(world, { ...evacuation, uuid, vm, to: to.name, evacuation: evacuation.id });
  } catch (thrown) {
    noteHappening(world, {
      kind: 'migrate-vm',
      object: vm,
      outcome: 'refused',
      reason: reasonOf(thrown),
      host: host.name,
    });
  }
}

function ended(world: World, { id, host: name, moved }: Evacuation): void {
  delete world.state.evacuations[id];
  const host = world.host(name);
  const left = Object.values(host?.domains ?? {}).filter(({ instance }) => instance !== undefined).length;
  const reason =
    host?.power !== 'on' ? `${name} is off` : left > 0 ? `${left} of its VMs still run there` : undefined;
  noteHappening(world, {
    kind: 'evacuate',
    object: name,
    ...(reason === undefined ? { outcome: 'done' } : { outcome: 'failed', reason }),
    figures: { moved, left },
  });
}
