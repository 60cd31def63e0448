import { requestShutdown } from '../domains/power.ts';
import { startDomain } from '../domains/starting.ts';
import { strike } from '../faults/faults.ts';
import { strikeSwitch } from '../faults/switchFaults.ts';
import { beginSurge } from '../hosts/surges.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { fillPool } from '../storage/filling.ts';
import { evacuate } from './evacuating.ts';
import { note, reasonOf } from './happenings.ts';
import { startMove } from './moving.ts';

/** An entry of the scenario's timeline is due. What cannot be done then is noted with its reason; the rest goes on. */
export function timelineDue(world: World, index: number): void {
  const action = world.scenario.timeline[index]?.action;
  if (action === undefined) return;
  const object = objectOf(action);
  try {
    if (carryOut(world, action) === 'done') note(world, { kind: action.kind, object, outcome: 'done' });
  } catch (thrown) {
    note(world, { kind: action.kind, object, outcome: 'refused', reason: reasonOf(thrown) });
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
    case 'restart-libvirt':
      strike(world, action);
      return 'done';
    case 'cut-switch':
    case 'slow-switch':
    case 'mend-switch':
      strikeSwitch(world, action);
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
      startDomain(world, requireOn(host), domain.uuid, answerAs(world, action.kind, action.vm));
      return 'later';
    }
    case 'stop-vm': {
      const { host, domain } = runningAnywhere(world, action.vm);
      requestShutdown(world, requireOn(host), domain.uuid, answerAs(world, action.kind, action.vm));
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
    ok: () => note(world, { kind, object, outcome: 'done' }),
    fail: (thrown: unknown) => note(world, { kind, object, outcome: 'failed', reason: reasonOf(thrown) }),
  };
}

/** As people call what an action is about. */
export function objectOf(action: TimelineAction): string {
  if ('vm' in action) return action.vm;
  if ('host' in action) return action.host;
  if ('switch' in action) return action.switch;
  if ('pool' in action) return action.pool;
  const [first = '', ...others] = action.vms;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Where a VM is known: first of all where it runs. */
function placeOf(world: World, name: string): { readonly host: HostState; readonly domain: DomainState } {
  const uuid = world.uuidOf(name);
  let known: { readonly host: HostState; readonly domain: DomainState } | undefined;
  for (const host of world.hosts()) {
    const domain = host.domains[uuid];
    if (domain === undefined) continue;
    if (domain.instance !== undefined && domain.instance.incoming === undefined) return { host, domain };
    known ??= { host, domain };
  }
  if (known === undefined) throw new Error(`no host knows ${name}`);
  return known;
}

function runningAnywhere(world: World, name: string) {
  const place = placeOf(world, name);
  if (place.domain.instance === undefined) throw new Error(`${name} does not run`);
  return place;
}

function requireOn(host: HostState): HostState {
  if (host.power !== 'on' || !host.libvirtRuns) throw new Error(`${host.name} is off or just starting`);
  return host;
}
