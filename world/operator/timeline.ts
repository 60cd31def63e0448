import { requestShutdown } from '../domains/power.ts';
import { startDomain } from '../domains/starting.ts';
import { strike } from '../faults/faults.ts';
import { beginSurge } from '../hosts/surges.ts';
import { objectOf, type TimelineAction } from '../scenario/timeline.ts';
import { noteHappening, reasonOf } from '../state/happenings.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { fillPool } from '../storage/filling.ts';
import { answers } from './choosing.ts';
import { evacuate } from './evacuating.ts';
import { startMove } from './moving.ts';
import { type Whereabouts, whereabouts } from './whereabouts.ts';

/**
 * A moment of the scenario's timeline has come: all of its entries from this one on that are meant for it. What cannot
 * be done then is noted with its reason; the rest goes on.
 */
export function timelineDue(world: World, first: number): void {
  const { timeline } = world.scenario;
  const { afterMs } = timeline[first] ?? {};
  let entry = first;
  for (; timeline[entry] !== undefined && timeline[entry]?.afterMs === afterMs; entry += 1) {
    const action = timeline[entry]?.action;
    if (action !== undefined) happens(world, action);
  }
  const next = timeline[entry];
  if (next === undefined) return;
  world.schedule(world.state.startedAt + next.afterMs - world.now, { kind: 'timeline', entry });
}

function happens(world: World, action: TimelineAction): void {
  const object = objectOf(action);
  try {
    if (carryOut(world, action) === 'done')
      noteHappening(world, { kind: action.kind, object, outcome: 'done' });
  } catch (thrown) {
    noteHappening(world, {
      kind: action.kind,
      object,
      outcome: 'refused',
      reason: reasonOf(thrown),
      ...(action.kind === 'migrate-vm' ? { to: action.to } : {}),
    });
  }
}

/** `later`: it notes by itself how it came out. */
function carryOut(world: World, action: TimelineAction): 'done' | 'later' {
  switch (action.kind) {
    case 'power-off':
    case 'power-on':
    case 'cut-link':
    case 'slow-link':
    case 'mend-link':
    case 'cut-switch':
    case 'slow-switch':
    case 'mend-switch':
    case 'restart-libvirt':
      strike(world, action);
      return 'done';
    case 'crash-vm':
    case 'hang-vm':
    case 'unhang-vm': {
      const { host, domain } = runningAnywhere(world, action.vm);
      strike(world, { kind: action.kind, host: host.name, uuid: domain.uuid });
      return 'done';
    }
    case 'fill-pool':
      fillPool(world, action.pool, action.share);
      return 'done';
    case 'surge':
      beginSurge(
        world,
        action.vms.map((name) => world.uuidOf(name)),
        action.times,
        world.now + action.lastsMs,
      );
      return 'done';
    case 'start-vm': {
      const { host, domain } = placeOf(world, action.vm);
      startDomain(world, requireOn(world, host), domain.uuid, answerAs(world, action.kind, action.vm));
      return 'later';
    }
    case 'stop-vm': {
      const { host, domain } = runningAnywhere(world, action.vm);
      requestShutdown(world, requireOn(world, host), domain.uuid, answerAs(world, action.kind, action.vm));
      return 'later';
    }
    case 'migrate-vm':
      startMove(world, { ...action, uuid: runningAnywhere(world, action.vm).domain.uuid });
      return 'later';
    case 'evacuate':
      evacuate(world, action);
      return 'later';
    default:
      return action satisfies never;
  }
}

function answerAs(world: World, kind: TimelineAction['kind'], object: string) {
  return {
    ok: () => noteHappening(world, { kind, object, outcome: 'done' }),
    fail: (thrown: unknown) =>
      noteHappening(world, { kind, object, outcome: 'failed', reason: reasonOf(thrown) }),
  };
}

function placeOf(world: World, name: string): Whereabouts {
  const known = whereabouts(world, world.uuidOf(name));
  if (known === undefined) throw new Error(`no host knows ${name}`);
  return known;
}

function runningAnywhere(world: World, name: string) {
  const place = placeOf(world, name);
  if (place.domain.instance === undefined) throw new Error(`${name} does not run`);
  return place;
}

function requireOn(world: World, host: HostState): HostState {
  if (!answers(world, host)) throw new Error(`${host.name} does not answer`);
  return host;
}
