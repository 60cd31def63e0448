import { hostCounters } from '../hosts/counters.ts';
import { Spread } from './spread.ts';

/** What its guests computed, and what they would have beside it. */
const counts = [...hostCounters, 'guestCpuNs', 'guestReadyNs'] as const;

/** Added up from the first moment on; nothing of it begins anew with a host or a guest. */
export type Counted = Record<(typeof counts)[number], number>;

export const noneCounted = (): Counted => ({
  cpuBusyNs: 0,
  cpuTotalNs: 0,
  energyJoules: 0,
  diskReadBytes: 0,
  diskWriteBytes: 0,
  networkReceiveBytes: 0,
  networkSendBytes: 0,
  guestCpuNs: 0,
  guestReadyNs: 0,
});

export function addCounted(to: Counted, more: Counted): void {
  for (const name of counts) to[name] += more[name];
}

export function differenceOf(now: Counted, before: Counted): Counted {
  const difference = noneCounted();
  for (const name of counts) difference[name] = now[name] - before[name];
  return difference;
}

/** Of a host, or of all of them together. */
export interface Sums {
  readonly counted: Counted;
  /** Over each minute, weighed by how long it was on in it. */
  readonly cpu: Spread;
  readonly memory: Spread;
  onMs: number;
  /** Of that time: hardly a core was free; hardly any memory was left. */
  cpuFullMs: number;
  memoryTightMs: number;
  /** Of that time: more was touched than there is, and pages lay on swap; at the most so much. */
  swappingMs: number;
  swapMostMiB: number;
  /** Of its guests' time: in all, and short of CPU. */
  guestMs: number;
  shortMs: number;
}

export const noSums = (): Sums => ({
  counted: noneCounted(),
  cpu: new Spread(),
  memory: new Spread(),
  onMs: 0,
  cpuFullMs: 0,
  memoryTightMs: 0,
  swappingMs: 0,
  swapMostMiB: 0,
  guestMs: 0,
  shortMs: 0,
});
