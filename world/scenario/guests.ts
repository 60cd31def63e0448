import type { GuestWorkload } from './workload.ts';

const kibibyte = 1024;
const mebibyte = 1024 ** 2;
const minuteMs = 60_000;
const ripple = { share: 0.2, slotMs: 10_000 } as const;

/** Visitors by day: most at `peakHour`, hardly any twelve hours later. */
export function webShop(peakHour: number): GuestWorkload {
  return {
    cpu: { kind: 'diurnal', lowCores: 0.12, highCores: 1.1, peakHour, slotMs: minuteMs },
    noise: ripple,
    rates: {
      diskRead: 300 * kibibyte,
      diskWrite: 450 * kibibyte,
      networkReceive: 900 * kibibyte,
      networkSend: 6 * mebibyte,
    },
    memory: {
      touchedShare: 0.45,
      workingSetMiB: 420,
      writesMiBPerSecond: 60,
      pattern: { kind: 'hot-cold', hotShare: 0.1, hotWrites: 0.9 },
    },
  };
}

export const database: GuestWorkload = {
  cpu: { kind: 'constant', cores: 1.5 },
  noise: ripple,
  rates: {
    diskRead: 4 * mebibyte,
    diskWrite: 6 * mebibyte,
    networkReceive: 1300 * kibibyte,
    networkSend: 2 * mebibyte,
  },
  memory: {
    touchedShare: 0.82,
    workingSetMiB: 2600,
    writesMiBPerSecond: 260,
    pattern: { kind: 'hot-cold', hotShare: 0.1, hotWrites: 0.8 },
  },
};

/** Writes nearly as fast as the link carries: the one whose move converges slowly. */
export const cache: GuestWorkload = {
  cpu: { kind: 'constant', cores: 1.1 },
  noise: { share: 0.1, slotMs: 10_000 },
  rates: {
    diskRead: 20 * kibibyte,
    diskWrite: 60 * kibibyte,
    networkReceive: 13 * mebibyte,
    networkSend: 20 * mebibyte,
  },
  memory: {
    touchedShare: 0.9,
    workingSetMiB: 6400,
    writesMiBPerSecond: 1000,
    pattern: { kind: 'uniform' },
  },
};

export const batch: GuestWorkload = {
  cpu: { kind: 'bursty', idleCores: 0.05, burstCores: 3.7, burstChance: 0.35, slotMs: minuteMs },
  noise: { share: 0.05, slotMs: 10_000 },
  rates: {
    diskRead: 5 * mebibyte,
    diskWrite: 2 * mebibyte,
    networkReceive: 30 * kibibyte,
    networkSend: 20 * kibibyte,
  },
  memory: {
    touchedShare: 0.5,
    workingSetMiB: 700,
    writesMiBPerSecond: 160,
    pattern: { kind: 'sequential' },
  },
};

export const desktop: GuestWorkload = {
  cpu: { kind: 'bursty', idleCores: 0.04, burstCores: 0.5, burstChance: 0.08, slotMs: minuteMs },
  noise: ripple,
  rates: {
    diskRead: 800 * kibibyte,
    diskWrite: 900 * kibibyte,
    networkReceive: 300 * kibibyte,
    networkSend: 60 * kibibyte,
  },
  memory: {
    touchedShare: 0.55,
    workingSetMiB: 300,
    writesMiBPerSecond: 25,
    pattern: { kind: 'hot-cold', hotShare: 0.2, hotWrites: 0.9 },
  },
};
