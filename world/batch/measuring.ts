import { guestColumns, hostColumns } from '../hosts/columns.ts';
import { hostCounters } from '../hosts/counters.ts';
import { columnsOf } from '../hosts/counting.ts';
import type { GuestRow } from '../hosts/load.ts';
import { worldReader } from '../hosts/worldReading.ts';
import type { HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { addCounted, type Counted, differenceOf, noneCounted, noSums, type Sums } from './sums.ts';

/** A guest that got less than this of the CPU it asked for was short of it in that minute. */
const enoughShare = 0.99;
const fullShare = 0.999;
const tightShare = 0.05;
const nanosecondsPerMs = 1e6;
const cpuColumn = guestColumns.indexOf('cpuNs');
const readyColumn = guestColumns.indexOf('readyNs');
const memoryColumn = hostColumns.indexOf('memoryUsedMiB');
const swapColumn = hostColumns.indexOf('swapUsedMiB');
const countColumns = hostCounters.map((name) => hostColumns.indexOf(name));

/** A guest's counters when they were last read, and what has come in this minute. */
interface GuestMinute {
  cpuNs: number;
  readyNs: number;
  cpuInMinute: number;
  readyInMinute: number;
  activeMs: number;
}

interface Measured {
  readonly host: HostState;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly sums: Sums;
  /** Its counters when they were last read: they begin anew with it. */
  readonly last: Float64Array;
  memoryUsedMiB: number;
  swapUsedMiB: number;
  rows: readonly GuestRow[];
  guests: Map<InstanceState, GuestMinute>;
  minute: Counted;
}

/**
 * Adds up what hosts and guests of a world do. `accumulate` is called before anything begins anew, and as often as one
 * likes; what is judged by the minute is judged in `closeMinute` alone, so that the one does not hang on the other.
 */
export class Measuring {
  readonly #world: World;
  readonly #read: ReturnType<typeof worldReader>;
  readonly #hosts: readonly Measured[];
  readonly whole = noSums();
  #readAt: number;

  constructor(world: World) {
    this.#world = world;
    this.#read = worldReader(world);
    this.#readAt = world.now;
    this.#hosts = world.hosts().map((host) => ({
      host,
      cpus: world.facts(host).cpus,
      memoryMiB: world.facts(host).memoryMiB,
      sums: noSums(),
      last: new Float64Array(hostCounters.length),
      memoryUsedMiB: 0,
      swapUsedMiB: 0,
      rows: [],
      guests: new Map(),
      minute: noneCounted(),
    }));
    this.accumulate();
  }

  /** As it stood when it was read last. */
  memoryUsedMiB(host: HostState): number {
    return this.#hosts[this.#world.numberOf(host)]?.memoryUsedMiB ?? 0;
  }

  /** In the order of the scenario. */
  sums(): readonly { readonly host: HostState; readonly sums: Sums }[] {
    return this.#hosts;
  }

  /** Up to now. */
  accumulate(): void {
    const { hostValues, guestValues, rowsOf, firstOf } = this.#read();
    const elapsedMs = this.#world.now - this.#readAt;
    this.#readAt = this.#world.now;
    for (const [number, measured] of this.#hosts.entries()) {
      const { counted } = measured.sums;
      for (const [index, name] of hostCounters.entries()) {
        const value = hostValues.values[(countColumns[index] ?? 0) * hostValues.stride + number] ?? 0;
        counted[name] += value - (measured.last[index] ?? 0);
        measured.last[index] = value;
      }
      measured.memoryUsedMiB = hostValues.values[memoryColumn * hostValues.stride + number] ?? 0;
      measured.swapUsedMiB = hostValues.values[swapColumn * hostValues.stride + number] ?? 0;
      follow(measured, rowsOf[number] ?? []);
      const first = firstOf[number] ?? 0;
      for (const [row, { instance }] of measured.rows.entries()) {
        const guest = measured.guests.get(instance);
        if (guest === undefined) continue;
        const at = first + row;
        const cpuNs = guestValues.values[cpuColumn * guestValues.stride + at] ?? 0;
        const readyNs = guestValues.values[readyColumn * guestValues.stride + at] ?? 0;
        if (instance.state === 'active') guest.activeMs += elapsedMs;
        take(measured, guest, cpuNs, readyNs);
      }
    }
  }

  /** A host has lost its power, and its counters with it. What it had counted was read in this very moment. */
  beginsAnew(host: HostState): void {
    const measured = this.#hosts[this.#world.numberOf(host)];
    for (const [index, name] of hostCounters.entries()) {
      if (measured !== undefined && name !== 'energyJoules') measured.last[index] = 0;
    }
  }

  /** An instance is gone just now. */
  ended(host: HostState, instance: InstanceState): void {
    const measured = this.#hosts[this.#world.numberOf(host)];
    const guest = measured?.guests.get(instance);
    if (measured === undefined || guest === undefined) return;
    // Writes down what was counted of those that are gone.
    columnsOf(this.#world, host);
    guest.activeMs += this.#world.now - this.#readAt;
    take(measured, guest, instance.counters.cpuNs, instance.counters.readyNs);
    judge(measured.sums, guest);
    measured.guests.delete(instance);
  }

  /** What was accumulated last closes a minute, or what there is of it. */
  closeMinute(): void {
    const all = { busyNs: 0, totalNs: 0, usedMiB: 0, memoryMiB: 0, onMs: 0 };
    for (const measured of this.#hosts) {
      const { sums, cpus, memoryMiB, memoryUsedMiB: usedMiB } = measured;
      const { cpuBusyNs, cpuTotalNs } = differenceOf(sums.counted, measured.minute);
      measured.minute = { ...sums.counted };
      for (const guest of measured.guests.values()) judge(sums, guest);
      if (cpuTotalNs <= 0) continue;
      const onMs = cpuTotalNs / cpus / nanosecondsPerMs;
      sums.cpu.add(cpuBusyNs / cpuTotalNs, onMs);
      sums.memory.add(usedMiB / memoryMiB, onMs);
      sums.onMs += onMs;
      if (cpuBusyNs >= fullShare * cpuTotalNs) sums.cpuFullMs += onMs;
      if (memoryMiB - usedMiB < tightShare * memoryMiB) sums.memoryTightMs += onMs;
      if (measured.swapUsedMiB > 0) sums.swappingMs += onMs;
      sums.swapMostMiB = Math.max(sums.swapMostMiB, measured.swapUsedMiB);
      all.busyNs += cpuBusyNs;
      all.totalNs += cpuTotalNs;
      all.usedMiB += usedMiB;
      all.memoryMiB += memoryMiB;
      all.onMs = Math.max(all.onMs, onMs);
    }
    if (all.totalNs <= 0) return;
    this.whole.cpu.add(all.busyNs / all.totalNs, all.onMs);
    this.whole.memory.add(all.usedMiB / all.memoryMiB, all.onMs);
  }

  /** The sums of all hosts, once all is over. */
  total(): Sums {
    const { whole } = this;
    for (const { sums } of this.#hosts) {
      addCounted(whole.counted, sums.counted);
      whole.onMs += sums.onMs;
      whole.cpuFullMs += sums.cpuFullMs;
      whole.memoryTightMs += sums.memoryTightMs;
      whole.swappingMs += sums.swappingMs;
      whole.swapMostMiB = Math.max(whole.swapMostMiB, sums.swapMostMiB);
      whole.guestMs += sums.guestMs;
      whole.shortMs += sums.shortMs;
    }
    return whole;
  }
}

/** Others may be there than at the last reading. */
function follow(measured: Measured, rows: readonly GuestRow[]): void {
  if (rows === measured.rows) return;
  const before = measured.guests;
  measured.rows = rows;
  measured.guests = new Map(
    rows.map(({ instance }) => [
      instance,
      before.get(instance) ?? { cpuNs: 0, readyNs: 0, cpuInMinute: 0, readyInMinute: 0, activeMs: 0 },
    ]),
  );
}

function take({ sums: { counted } }: Measured, guest: GuestMinute, cpuNs: number, readyNs: number): void {
  const cpu = cpuNs - guest.cpuNs;
  const ready = readyNs - guest.readyNs;
  guest.cpuNs = cpuNs;
  guest.readyNs = readyNs;
  guest.cpuInMinute += cpu;
  guest.readyInMinute += ready;
  counted.guestCpuNs += cpu;
  counted.guestReadyNs += ready;
}

function judge(sums: Sums, guest: GuestMinute): void {
  const { cpuInMinute, readyInMinute, activeMs } = guest;
  sums.guestMs += activeMs;
  if (cpuInMinute < enoughShare * (cpuInMinute + readyInMinute)) sums.shortMs += activeMs;
  guest.cpuInMinute = 0;
  guest.readyInMinute = 0;
  guest.activeMs = 0;
}
