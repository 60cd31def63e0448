import { severalInWords } from '../scenario/timeline.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import { noteHappening } from '../state/happenings.ts';
import type { HostState, SurgeState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { countUp } from './counting.ts';

const known = new WeakMap<World, ReadonlyMap<string, readonly SurgeState[]>>();
const none: readonly SurgeState[] = [];

/**
 * These guests ask for so many times their CPU, and all that follows from it, until `untilMs`; where several surges
 * meet, for their product. Never for more than their vCPUs. Its begin and its end are felt from the next slot's begin
 * on, whichever host they are on then and whether or not they run now.
 */
export function beginSurge(world: World, uuids: readonly string[], times: number, untilMs: number): void {
  world.state.surges.push({ uuids, times, fromMs: world.now, untilMs });
  const feltUntilMs = Math.ceil(untilMs / loadSlotMs) * loadSlotMs;
  world.schedule(feltUntilMs - world.now, { kind: 'surge-over', untilMs });
  changed(world, uuids);
}

/** Its end has been counted in from the beginning; here it is only put away. */
export function surgeOver(world: World, untilMs: number): void {
  const over = world.state.surges.filter((surge) => surge.untilMs <= untilMs);
  world.state.surges = world.state.surges.filter((surge) => surge.untilMs > untilMs);
  changed(
    world,
    over.flatMap(({ uuids }) => uuids),
  );
  for (const { uuids } of over) {
    noteHappening(world, {
      kind: 'surge-over',
      object: severalInWords([nameOf(world, uuids[0] ?? ''), ...uuids.slice(1)]),
      outcome: 'done',
    });
  }
}

function nameOf(world: World, uuid: string): string {
  for (const { domains } of world.hosts()) {
    const domain = domains[uuid];
    if (domain !== undefined) return domain.definition.name;
  }
  return uuid;
}

/** Of a guest, those that are under way. */
export function surgesOf(world: World, uuid: string): readonly SurgeState[] {
  let index = known.get(world);
  if (index === undefined) {
    index = indexOf(world.state.surges);
    known.set(world, index);
  }
  return index.get(uuid) ?? none;
}

/** How many times as much they ask for together in the slot that begins then. */
export function surgedTimes(surges: readonly SurgeState[], slotAt: number): number {
  let times = 1;
  for (const surge of surges) {
    if (surge.fromMs <= slotAt && slotAt < surge.untilMs) times *= surge.times;
  }
  return times;
}

/** When that may next be another number; infinite where it stays. */
export function nextSurgeChange(surges: readonly SurgeState[], slotAt: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { fromMs, untilMs } of surges) {
    if (fromMs > slotAt) next = Math.min(next, fromMs);
    if (untilMs > slotAt) next = Math.min(next, untilMs);
  }
  return next;
}

function indexOf(surges: readonly SurgeState[]): ReadonlyMap<string, readonly SurgeState[]> {
  const index = new Map<string, SurgeState[]>();
  for (const surge of surges) {
    for (const uuid of surge.uuids) {
      const own = index.get(uuid);
      if (own === undefined) index.set(uuid, [surge]);
      else own.push(surge);
    }
  }
  return index;
}

function changed(world: World, uuids: readonly string[]): void {
  const meant = new Set(uuids);
  const meantHosts: HostState[] = [];
  for (const host of world.hosts()) {
    for (const uuid in host.domains) {
      if (!meant.has(uuid)) continue;
      countUp(world, host);
      meantHosts.push(host);
      break;
    }
  }
  known.delete(world);
  // Guests on their way write at another speed, too.
  for (const host of meantHosts) world.loadsChanged(host);
}
