import { loadSlotMs } from '../scenario/workload.ts';
import type { HostState, HostTraffic, InstanceCounters } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { forgetLoad, type GuestLoad, hostLoad } from './load.ts';

export interface Sums {
  cpuBusyNs: number;
  cpuTotalNs: number;
  readonly traffic: HostTraffic;
  readonly guests: ReadonlyMap<string, InstanceCounters>;
}

const nanosecondsPerMs = 1e6;

/** Adds up what happened since it was last added up; called before anything changes that loads depend on. */
export function countUp(world: World, host: HostState): void {
  addUp(world, host, host.countedTo, world.now, sumsOf(host));
  host.countedTo = world.now;
  forgetLoad(host);
}

/**
 * Counters as they stand now. Whole slots are kept, the rest is not: added up slot by slot, the sums are the same
 * however often somebody asked.
 */
export function readCounters(world: World, host: HostState): Sums {
  const lastWhole = Math.floor(world.now / loadSlotMs) * loadSlotMs;
  if (lastWhole > host.countedTo) {
    addUp(world, host, host.countedTo, lastWhole, sumsOf(host));
    host.countedTo = lastWhole;
  }
  const own = sumsOf(host);
  const sums: Sums = {
    cpuBusyNs: host.cpuBusyNs,
    cpuTotalNs: host.cpuTotalNs,
    traffic: { ...host.traffic },
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
    traffic: host.traffic,
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
    const until = Math.min(to, (Math.floor(at / loadSlotMs) + 1) * loadSlotMs);
    const ms = until - at;
    const load = hostLoad(world, host, at);
    sums.cpuBusyNs += load.busyCores * ms * nanosecondsPerMs;
    sums.cpuTotalNs += cpus * ms * nanosecondsPerMs;
    sums.traffic.networkReceiveBytes += (load.migratingIn * ms) / 1000;
    sums.traffic.networkSendBytes += (load.migratingOut * ms) / 1000;
    for (const [uuid, guest] of load.guests) {
      const counters = sums.guests.get(uuid);
      if (counters !== undefined) {
        counters.cpuNs += guest.cores * ms * nanosecondsPerMs;
        counters.readyNs += guest.readyCores * ms * nanosecondsPerMs;
        addTraffic(guest, ms, counters);
      }
      addTraffic(guest, ms, sums.traffic);
    }
    at = until;
  }
}

function addTraffic({ pace, demand }: GuestLoad, ms: number, traffic: HostTraffic) {
  const part = (pace * ms) / 1000;
  traffic.diskReadBytes += demand.diskReadBytesPerSecond * part;
  traffic.diskWriteBytes += demand.diskWriteBytesPerSecond * part;
  traffic.networkReceiveBytes += demand.networkReceiveBytesPerSecond * part;
  traffic.networkSendBytes += demand.networkSendBytesPerSecond * part;
}
