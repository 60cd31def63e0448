import { defaultCosts } from '../transfer.ts';

/**
 * Real QEMU 7.2 under emulation over a UNIX socket, driven over QMP: a guest of 512 MiB fills its memory, then sweeps W
 * MiB at D MiB/s, under a cap of B MiB/s and an allowed downtime (performance.md, section 1.4). `totalMs` undefined:
 * not through when it was given up.
 */
export interface RealRun {
  readonly workingSetMiB: number;
  readonly writesMiBPerSecond: number;
  readonly capMiBPerSecond: number;
  readonly limitMs: number;
  readonly totalMs: number | undefined;
  readonly downtimeMs: number;
  readonly sentMiB: number;
  readonly synchronisations: number;
  readonly givenUpMs?: number;
}

const run = (
  workingSetMiB: number,
  writesMiBPerSecond: number,
  limitMs: number,
  totalMs: number | undefined,
  downtimeMs: number,
  sentMiB: number,
  synchronisations: number,
): RealRun => ({
  workingSetMiB,
  writesMiBPerSecond,
  capMiBPerSecond: 100,
  limitMs,
  totalMs,
  downtimeMs,
  sentMiB,
  synchronisations,
  ...(totalMs === undefined ? { givenUpMs: 40_000 } : {}),
});

export const realRuns: readonly RealRun[] = [
  run(0, 0, 300, 4986, 79, 511.3, 3),
  run(256, 10, 300, 5514, 14, 566.4, 4),
  run(256, 25, 300, 6590, 10, 676, 6),
  run(256, 50, 300, 9758, 12, 988.2, 9),
  run(256, 75, 300, 14_951, 11, 1499.8, 17),
  run(256, 90, 300, 24_099, 15, 2410.8, 39),
  run(256, 75, 50, 16_301, 2, 1600.9, 19),
  run(256, 75, 1000, 13_444, 37, 1420.4, 17),
  run(256, 120, 300, undefined, 0, 3948, 16),
];

/**
 * The machine of the real runs: two emulated cores of a shared box, one UNIX socket, no devices to speak of. Its speeds
 * are read off the runs once, and are the same for all.
 */
export const emulatedBox = {
  ...defaultCosts,
  setupMs: 5,
  switchMs: 2,
  variation: 0,
  threadBytesPerSecond: 2.2e9,
  firstTouchBytesPerSecond: 3.5e8,
  wakeMs: 1.3,
};
