import { freeMemoryMiB } from '../hosts/memory.ts';
import { reach } from '../hosts/path.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { fileAt } from '../storage/stores.ts';
import { note, reasonOf } from './happenings.ts';
import { type MoveOptions, startMove } from './moving.ts';

/** What is still to be moved away from a host. */
export interface Evacuation extends MoveOptions {
  readonly id: string;
  readonly host: string;
  readonly atOnce: number;
  /** UUIDs, in the order in which they go. */
  waiting: readonly string[];
  moved: number;
  failed: number;
}

/** @throws Error where the host is off */
export function evacuate(world: World, action: Extract<TimelineAction, { readonly kind: 'evacuate' }>): void {
  const host = world.host(action.host);
  if (host === undefined || host.power !== 'on') throw new Error(`${action.host} is off`);
  const { kind: _, ...options } = action;
  const id = `evacuation-${world.newNumber()}`;
  world.state.evacuations[id] = {
    ...options,
    id,
    waiting: Object.values(host.domains)
      .filter(({ instance }) => instance !== undefined && instance.incoming === undefined)
      .map(({ uuid }) => uuid),
    moved: 0,
    failed: 0,
  };
  note(world, { kind: 'evacuate', object: host.name, outcome: 'begun' });
  evacuationGoesOn(world, id);
}

/** As many are under way as it may be; told when all are through. */
export function evacuationGoesOn(world: World, id: string): void {
  const evacuation = world.state.evacuations[id];
  if (evacuation === undefined) return;
  for (;;) {
    const underWay = Object.values(world.state.moves).filter((move) => move.evacuation === id).length;
    const [next, ...rest] = evacuation.waiting;
    if (next === undefined) {
      if (underWay === 0) ended(world, evacuation);
      return;
    }
    if (underWay >= evacuation.atOnce) return;
    evacuation.waiting = rest;
    moveAway(world, evacuation, next);
    // That it failed at once may have ended all of it.
    if (world.state.evacuations[id] === undefined) return;
  }
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
    note(world, { kind: 'migrate-vm', object: vm, outcome: 'refused', reason: reasonOf(thrown) });
  }
}

function ended(world: World, { id, host: name }: Evacuation): void {
  delete world.state.evacuations[id];
  const left = Object.values(world.host(name)?.domains ?? {}).filter(
    ({ instance }) => instance !== undefined,
  );
  note(world, {
    kind: 'evacuated',
    object: name,
    outcome: left.length === 0 ? 'done' : 'failed',
    ...(left.length === 0 ? {} : { reason: `${left.length} of its VMs still run there` }),
  });
}

/** The host with most memory to spare of those that could take it, after what is on its way there. */
function roomiestFor(
  world: World,
  from: HostState,
  domain: DomainState,
  copiesDisks: boolean,
): HostState | undefined {
  const { memoryMiB, machine } = domain.definition;
  const flags = world.facts(from).cpuFlags;
  let best: { readonly host: HostState; readonly freeMiB: number } | undefined;
  for (const host of world.hosts()) {
    if (host === from || !host.libvirtRuns || !reach(world, from, host)) continue;
    const freeMiB = freeMemoryMiB(world, host);
    if (freeMiB < memoryMiB || (best !== undefined && freeMiB <= best.freeMiB)) continue;
    const facts = world.facts(host);
    if (!facts.machineTypes.includes(machine)) continue;
    if (flags.some((flag) => !facts.cpuFlags.includes(flag))) continue;
    if (isBeingEmptied(world, host) || !seesAll(world, host, domain, copiesDisks)) continue;
    best = { host, freeMiB };
  }
  return best?.host;
}

function isBeingEmptied(world: World, host: HostState): boolean {
  return Object.values(world.state.evacuations).some((each) => each.host === host.name);
}

function seesAll(world: World, host: HostState, { definition }: DomainState, copiesDisks: boolean): boolean {
  const { networks } = world.facts(host);
  const hasNetworks = definition.nics.every(
    ({ source }) => source === '' || networks.some(({ name, active }) => active && name === source),
  );
  if (!hasNetworks) return false;
  return definition.disks.every(
    ({ source }) => source === undefined || copiesDisks || fileAt(world, host.name, source) !== undefined,
  );
}
