import type { HostState, InstanceCounters, InstanceState } from '../state/state.ts';
import { hash32 } from '../state/seeded.ts';
import type { World } from '../state/world.ts';

/** Loads are constant for so long; what changes within is found by the hash of the slot's number. */
const slotMs = 5000;
const dayMs = 86_400_000;
const kibibyte = 1024;
/** Of the host itself: its kernel, libvirt, and who watches it. CPUs. */
const hostOwnCpus = 0.12;

/** What one guest gets in one slot. */
export interface GuestLoad {
  /** CPUs that it wants, and that it gets. */
  readonly wishedCpus: number;
  readonly grantedCpus: number;
  /** 0 to 1: how much of what it does at most it does now. */
  readonly activity: number;
}

export interface HostLoad {
  readonly guests: ReadonlyMap<string, GuestLoad>;
  readonly busyCpus: number;
}

export function hostLoad(world: World, host: HostState, at: number): HostLoad {
  const slot = Math.floor(at / slotMs);
  const { cpus } = world.facts(host);
  const wishes = new Map<string, { readonly cpus: number; readonly activity: number }>();
  let wished = hostOwnCpus;
  for (const { uuid, definition, instance } of Object.values(host.domains)) {
    if (instance === undefined) continue;
    const wish = wishOf(world, uuid, definition.vcpus, instance, slot);
    wishes.set(uuid, wish);
    wished += wish.cpus;
  }
  const part = wished > cpus ? cpus / wished : 1;
  const guests = new Map(
    [...wishes].map(([uuid, wish]): [string, GuestLoad] => [
      uuid,
      { wishedCpus: wish.cpus, grantedCpus: wish.cpus * part, activity: wish.activity * part },
    ]),
  );
  return { guests, busyCpus: Math.min(cpus, wished) };
}

function wishOf(world: World, uuid: string, vcpus: number, instance: InstanceState, slot: number) {
  if (instance.state !== 'active') return { cpus: 0, activity: 0 };
  if (instance.guest.hung) return { cpus: 1, activity: 0 };
  if (instance.guest.phase !== 'up') return { cpus: Math.min(vcpus, 1.6), activity: 0.2 };
  const workload = world.state.workloads[uuid];
  if (workload === undefined) return { cpus: 0.01 * vcpus, activity: 0.01 };
  const chance = (name: string, of: number) => hash32(world.state.seed, uuid, name, of) / 2 ** 32;
  const level = levelOf(workload.pattern, slot, chance);
  const fraction = workload.low + (workload.high - workload.low) * level;
  const noisy = Math.min(1, fraction * (0.88 + 0.24 * chance('noise', slot)));
  return { cpus: noisy * vcpus, activity: workload.high === 0 ? 0 : Math.min(1, noisy / workload.high) };
}

function levelOf(pattern: string, slot: number, chance: (name: string, of: number) => number): number {
  switch (pattern) {
    case 'diurnal': {
      const partOfDay = ((slot * slotMs) % dayMs) / dayMs;
      return 0.5 - 0.5 * Math.cos(2 * Math.PI * (partOfDay - 0.125));
    }
    case 'bursts':
      return chance('burst', Math.floor(slot / 12)) < 0.3 ? 1 : 0;
    case 'idle':
      return chance('idle', Math.floor(slot / 6)) < 0.1 ? 1 : 0;
    default:
      return chance('steady', Math.floor(slot / 6));
  }
}

interface Sums {
  cpuBusyNs: number;
  cpuTotalNs: number;
  readonly guests: ReadonlyMap<string, InstanceCounters>;
}

/** Adds up what happened since it was last added up; called before anything changes that loads depend on. */
export function countUp(world: World, host: HostState): void {
  addUp(world, host, host.countedTo, world.now, sumsOf(host));
  host.countedTo = world.now;
}

/**
 * Counters as they stand now. Whole slots are kept, the rest is not: added up slot by slot, the sums are the same
 * however often somebody asked.
 */
export function readCounters(world: World, host: HostState): Sums {
  const lastWhole = Math.floor(world.now / slotMs) * slotMs;
  if (lastWhole > host.countedTo) {
    addUp(world, host, host.countedTo, lastWhole, sumsOf(host));
    host.countedTo = lastWhole;
  }
  const own = sumsOf(host);
  const sums: Sums = {
    cpuBusyNs: host.cpuBusyNs,
    cpuTotalNs: host.cpuTotalNs,
    guests: new Map([...own.guests].map(([uuid, counters]) => [uuid, { ...counters }])),
  };
  addUp(world, host, host.countedTo, world.now, sums);
  return sums;
}

/** The host's own, to be added to in place. */
function sumsOf(host: HostState): Sums {
  return {
    get cpuBusyNs() {
      return host.cpuBusyNs;
    },
    set cpuBusyNs(value) {
      host.cpuBusyNs = value;
    },
    get cpuTotalNs() {
      return host.cpuTotalNs;
    },
    set cpuTotalNs(value) {
      host.cpuTotalNs = value;
    },
    guests: new Map(
      Object.values(host.domains).flatMap(({ uuid, instance }) =>
        instance === undefined ? [] : [[uuid, instance.counters] as const],
      ),
    ),
  };
}

function addUp(world: World, host: HostState, from: number, to: number, sums: Sums): void {
  if (host.power !== 'on') return;
  const { cpus } = world.facts(host);
  for (let at = from; at < to; ) {
    const until = Math.min(to, (Math.floor(at / slotMs) + 1) * slotMs);
    const ms = until - at;
    const load = hostLoad(world, host, at);
    sums.cpuBusyNs += load.busyCpus * ms * 1e6;
    sums.cpuTotalNs += cpus * ms * 1e6;
    for (const [uuid, guest] of load.guests) addGuest(world, uuid, guest, ms, sums.guests.get(uuid));
    at = until;
  }
}

function addGuest(
  world: World,
  uuid: string,
  { grantedCpus, activity }: GuestLoad,
  ms: number,
  counters: InstanceCounters | undefined,
): void {
  if (counters === undefined) return;
  counters.cpuNs += grantedCpus * ms * 1e6;
  const workload = world.state.workloads[uuid];
  if (workload === undefined) return;
  const bytes = (kibPerSecond: number) => (kibPerSecond * kibibyte * activity * ms) / 1000;
  counters.diskReadBytes += bytes(workload.diskReadKiBPerSecond);
  counters.diskWriteBytes += bytes(workload.diskWriteKiBPerSecond);
  counters.networkReceiveBytes += bytes(workload.networkReceiveKiBPerSecond);
  counters.networkSendBytes += bytes(workload.networkSendKiBPerSecond);
}
