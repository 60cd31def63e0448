import type { Compression } from '../../world/physics/compression.ts';
import { jobStatistics } from '../../world/physics/jobStatistics.ts';
import type { StopRule } from '../../world/physics/stopRule.ts';
import { MiB, memoryOf, runAlone, settingsWith } from '../../world/physics/testing/alone.ts';
import { defaultCosts } from '../../world/physics/transfer.ts';

const megabit = 1e6 / 8;
const megabyte = 1e6;

/** A published run, replayed. What a source does not say is assumed, and said so. */
export interface Published {
  readonly source: string;
  readonly what: string;
  /** Which of its figures were read in the source itself; the others are told from memory. */
  readonly verified: 'all' | 'downtime' | 'none';
  readonly assumed: string;
  readonly said: {
    readonly totalMs?: number;
    readonly sentMB?: number;
    readonly downtimeMs?: number;
    readonly never?: true;
  };
  readonly replay: () => Replayed;
}

export interface Replayed {
  readonly completed: boolean;
  readonly totalMs: number;
  readonly sentMB: number;
  readonly downtimeMs: number;
}

interface Setting {
  readonly memoryMiB: number;
  readonly touchedMiB?: number;
  readonly workingSetMiB: number;
  readonly writesMiBPerSecond: number;
  readonly linkBytesPerSecond: number;
  readonly stop: StopRule;
  readonly autoConverge?: boolean;
  readonly compression?: Compression;
  readonly untilMs?: number;
}

function replay(setting: Setting): Replayed {
  const { transfer, endMs } = runAlone(
    settingsWith({
      stop: setting.stop,
      autoConverge: setting.autoConverge ?? false,
      costs: { ...defaultCosts, variation: 0 },
      ...(setting.compression === undefined ? {} : { compression: setting.compression }),
    }),
    memoryOf(
      setting.memoryMiB,
      {
        workingSetBytes: setting.workingSetMiB * MiB,
        bytesPerSecond: setting.writesMiBPerSecond * MiB,
        pattern: { kind: 'uniform' },
      },
      setting.touchedMiB ?? setting.memoryMiB,
    ),
    { bytesPerSecond: setting.linkBytesPerSecond, burstBytesPerSecond: setting.linkBytesPerSecond },
    setting.untilMs ?? 3_600_000,
  );
  const job = jobStatistics(transfer, endMs);
  const completed = transfer.phase === 'completed';
  return {
    completed,
    totalMs: job.timeElapsedMs,
    sentMB: job.memorySentBytes / megabyte,
    downtimeMs: completed ? (job.downtimeMs ?? 0) : 0,
  };
}

const clark = 'Clark et al., NSDI 2005';
const gigabit = 940 * megabit;
/** 100 Mbit/s at first, then 50 more than pages became dirty, up to 500; at the end all there is. */
const clarkRule: StopRule = {
  kind: 'xen',
  mostRounds: 29,
  mostTimesMemory: 3,
  adaptive: {
    leastBytesPerSecond: 100 * megabit,
    stepBytesPerSecond: 50 * megabit,
    mostBytesPerSecond: 500 * megabit,
  },
};
const qemuRule: StopRule = { kind: 'qemu', downtimeLimitMs: 300 };
const compressionDocument = 'QEMU docs/multi-thread-compression.txt';

export const published: readonly Published[] = [
  {
    source: clark,
    what: 'simple web server, 800 MB',
    verified: 'none',
    assumed: 'a working set of 16 MiB, 25 MiB/s written',
    said: { totalMs: 71_800, downtimeMs: 165 },
    replay: () =>
      replay({
        memoryMiB: 800,
        workingSetMiB: 16,
        writesMiBPerSecond: 25,
        linkBytesPerSecond: gigabit,
        stop: clarkRule,
      }),
  },
  {
    source: clark,
    what: 'SPECweb99, 800 MB',
    verified: 'downtime',
    assumed: 'a working set of 22 MiB, 60 MiB/s written',
    said: { totalMs: 71_000, sentMB: 960, downtimeMs: 210 },
    replay: () =>
      replay({
        memoryMiB: 800,
        workingSetMiB: 22,
        writesMiBPerSecond: 60,
        linkBytesPerSecond: gigabit,
        stop: clarkRule,
      }),
  },
  {
    source: clark,
    what: 'Quake 3 with six players, 64 MB',
    verified: 'downtime',
    assumed: 'a working set of 2.5 MiB, 8 MiB/s written',
    said: { totalMs: 5500, sentMB: 88, downtimeMs: 60 },
    replay: () =>
      replay({
        memoryMiB: 64,
        workingSetMiB: 2.5,
        writesMiBPerSecond: 8,
        linkBytesPerSecond: gigabit,
        stop: clarkRule,
      }),
  },
  {
    source: clark,
    what: 'MMuncher, the worst case, 512 MB',
    verified: 'none',
    assumed: 'all but 100 MiB written, faster than the link',
    said: { downtimeMs: 3500 },
    replay: () =>
      replay({
        memoryMiB: 512,
        workingSetMiB: 412,
        writesMiBPerSecond: 1000,
        linkBytesPerSecond: gigabit,
        stop: clarkRule,
      }),
  },
  {
    source: compressionDocument,
    what: '4 GiB, idle, 1 Gbit/s',
    verified: 'all',
    assumed: '346 MiB touched (what was sent), 4 MiB of it written at 1 MiB/s',
    said: { totalMs: 3333, sentMB: 363.5, downtimeMs: 100 },
    replay: () =>
      replay({
        memoryMiB: 4096,
        touchedMiB: 337,
        workingSetMiB: 4,
        writesMiBPerSecond: 1,
        linkBytesPerSecond: 894 * megabit,
        stop: qemuRule,
      }),
  },
  {
    source: compressionDocument,
    what: 'the same with eight threads that compress',
    verified: 'all',
    assumed: 'to 0.27, 195 MiB/s by all threads: both are read off this run',
    said: { totalMs: 1833, sentMB: 107.8, downtimeMs: 27 },
    replay: () =>
      replay({
        memoryMiB: 4096,
        touchedMiB: 337,
        workingSetMiB: 4,
        writesMiBPerSecond: 1,
        linkBytesPerSecond: 894 * megabit,
        stop: qemuRule,
        compression: { kind: 'threads', ratio: 0.27, bytesPerSecond: 195 * MiB },
      }),
  },
  {
    source: compressionDocument,
    what: '4 GiB, random writer, 1 Gbit/s',
    verified: 'all',
    assumed: 'all of it touched, 120 MiB of it written at 40 MiB/s',
    said: { totalMs: 37_369, sentMB: 4274, downtimeMs: 337 },
    replay: () =>
      replay({
        memoryMiB: 4096,
        touchedMiB: 3800,
        workingSetMiB: 120,
        writesMiBPerSecond: 40,
        linkBytesPerSecond: 937 * megabit,
        stop: qemuRule,
      }),
  },
  {
    source: 'QEMU commit 7ca1dfad95',
    what: '20 vCPUs, 256 GiB, a Java warehouse, 4 s allowed',
    verified: 'all',
    assumed: '6 GiB touched, 4 GiB of it written at the 264 MiB/s told, sent at the 246 MiB/s reached',
    said: { never: true },
    replay: () =>
      replay({
        memoryMiB: 262_144,
        touchedMiB: 6144,
        workingSetMiB: 4096,
        writesMiBPerSecond: 350,
        linkBytesPerSecond: 246 * MiB,
        stop: { kind: 'qemu', downtimeLimitMs: 4000 },
        untilMs: 1_487_500,
      }),
  },
  {
    source: 'QEMU commit 7ca1dfad95',
    what: 'the same with auto-converge',
    verified: 'all',
    assumed: 'as above; at what rate it sent is not told',
    said: { totalMs: 241_200, sentMB: 28_200, downtimeMs: 6373 },
    replay: () =>
      replay({
        memoryMiB: 262_144,
        touchedMiB: 6144,
        workingSetMiB: 4096,
        writesMiBPerSecond: 350,
        linkBytesPerSecond: 246 * MiB,
        stop: { kind: 'qemu', downtimeLimitMs: 4000 },
        autoConverge: true,
        untilMs: 1_487_500,
      }),
  },
  {
    source: 'VMware, Nelson et al. 2005 and later papers',
    what: '512 MB, idle, 1 Gbit/s',
    verified: 'none',
    assumed: '480 MiB touched, 8 MiB of it written at 4 MiB/s; half of the link, as one migration got',
    said: { totalMs: 10_000, downtimeMs: 400 },
    replay: () =>
      replay({
        memoryMiB: 512,
        touchedMiB: 480,
        workingSetMiB: 8,
        writesMiBPerSecond: 4,
        linkBytesPerSecond: 470 * megabit,
        stop: { kind: 'vmotion', goalMs: 500 },
      }),
  },
];
