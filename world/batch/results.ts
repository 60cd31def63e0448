import type { Happening } from '#shared/model/happening.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import type { Failure, Failures } from './failures.ts';
import type { Measuring } from './measuring.ts';
import type { Spread } from './spread.ts';
import type { Sums } from './sums.ts';

/** What a simulation came to; `docs/simulate.md` says how each figure is made. Times are simulated milliseconds. */
export interface SimulationResult {
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  /** Since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly cluster: ClusterFigures;
  readonly hosts: readonly HostFigures[];
  readonly migrations: readonly MigrationFigures[];
  readonly failures: readonly Failure[];
  readonly happenings: readonly Happening[];
}

export interface LoadFigures {
  /** Of all cores, while on: mean, what it stayed below in 95 of 100 minutes, the highest minute. */
  readonly cpuMeanPercent: number;
  readonly cpu95Percent: number;
  readonly cpuMaxPercent: number;
  readonly memoryMeanPercent: number;
  readonly memoryMaxPercent: number;
  readonly energyKWh: number;
  readonly onHours: number;
  /** Of the time on: minutes without a free core, with less than a twentieth of the memory left. */
  readonly cpuFullPercent: number;
  readonly memoryTightPercent: number;
  /** Of the time on: minutes that ended with pages on swap, and how much of one host's at the most. */
  readonly swappingPercent: number;
  readonly swapMaxMiB: number;
  /** Of the CPU time that guests asked for: what they did not get. */
  readonly unmetCpuPercent: number;
  /** Of the time that guests ran: minutes in which one got less than 99 % of what it asked for. */
  readonly shortOfCpuPercent: number;
  readonly networkReceiveBytes: number;
  readonly networkSendBytes: number;
  readonly diskReadBytes: number;
  readonly diskWriteBytes: number;
  readonly vmsRunningAtEnd: number;
}

export interface HostFigures extends LoadFigures {
  readonly name: string;
  readonly migrationsFrom: number;
  readonly migrationsTo: number;
}

export interface ClusterFigures extends LoadFigures {
  readonly hosts: number;
  readonly vms: number;
  readonly migrationsDone: number;
  readonly migrationsFailed: number;
  readonly migrationsRefused: number;
  readonly migrationsUnderWay: number;
  readonly restarts: number;
  /** VMs that a failure took and that do not run at the end. */
  readonly vmsStillDown: number;
}

export interface MigrationFigures {
  readonly vm: string;
  readonly from?: string;
  readonly to?: string;
  readonly endedAt: number;
  readonly outcome: 'done' | 'failed' | 'refused';
  readonly reason?: string;
  readonly totalMs?: number;
  readonly downtimeMs?: number;
  readonly rounds?: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly throttlePercent?: number;
}

const joulesPerKWh = 3.6e6;
const msPerHour = 3.6e6;

export function resultOf(
  world: World,
  measuring: Measuring,
  failures: Failures,
  happenings: readonly Happening[],
): SimulationResult {
  const { scenario, state } = world;
  const migrations = happenings.flatMap(migrationOf);
  const count = (outcome: MigrationFigures['outcome']) =>
    migrations.filter((each) => each.outcome === outcome).length;
  const lasts = failures.told();
  const whole = measuring.total();
  return {
    scenario: scenario.name,
    title: scenario.title,
    seed: state.seed,
    startedAt: state.startedAt,
    endedAt: world.now,
    cluster: {
      hosts: scenario.hosts.length,
      vms: scenario.vms.length,
      ...loadOf(whole, world.hosts()),
      migrationsDone: count('done'),
      migrationsFailed: count('failed'),
      migrationsRefused: count('refused'),
      migrationsUnderWay: Object.keys(state.transfers).length,
      restarts: failures.restarts,
      vmsStillDown: failures.stillDown,
    },
    hosts: measuring.sums().map(({ host, sums }) => ({
      name: host.name,
      ...loadOf(sums, [host]),
      migrationsFrom: migrations.filter(({ outcome, from }) => outcome === 'done' && from === host.name)
        .length,
      migrationsTo: migrations.filter(({ outcome, to }) => outcome === 'done' && to === host.name).length,
    })),
    migrations,
    failures: lasts,
    happenings,
  };
}

function loadOf(sums: Sums, hosts: readonly HostState[]): LoadFigures {
  const { counted, cpu, memory, onMs, guestMs } = sums;
  return {
    cpuMeanPercent: percent(counted.cpuBusyNs, counted.cpuTotalNs),
    cpu95Percent: percentOf(cpu.percentile(0.95)),
    cpuMaxPercent: percentOf(cpu.highest),
    ...memoryOf(memory),
    energyKWh: rounded(counted.energyJoules / joulesPerKWh, 4),
    onHours: rounded(onMs / msPerHour, 4),
    cpuFullPercent: percent(sums.cpuFullMs, onMs),
    memoryTightPercent: percent(sums.memoryTightMs, onMs),
    swappingPercent: percent(sums.swappingMs, onMs),
    swapMaxMiB: Math.round(sums.swapMostMiB),
    unmetCpuPercent: percent(counted.guestReadyNs, counted.guestCpuNs + counted.guestReadyNs),
    shortOfCpuPercent: percent(sums.shortMs, guestMs),
    networkReceiveBytes: Math.round(counted.networkReceiveBytes),
    networkSendBytes: Math.round(counted.networkSendBytes),
    diskReadBytes: Math.round(counted.diskReadBytes),
    diskWriteBytes: Math.round(counted.diskWriteBytes),
    vmsRunningAtEnd: hosts.reduce((sum, host) => sum + runningOn(host), 0),
  };
}

function memoryOf(memory: Spread): Pick<LoadFigures, 'memoryMeanPercent' | 'memoryMaxPercent'> {
  return { memoryMeanPercent: percentOf(memory.mean), memoryMaxPercent: percentOf(memory.highest) };
}

/** Instances whose guest executes; of one that moves the end where it does. */
export function runningOn({ domains }: HostState): number {
  return Object.values(domains).filter(({ instance }) => instance?.state === 'active').length;
}

function migrationOf(happening: Happening): readonly MigrationFigures[] {
  const { kind, object, outcome, at, reason, host, to, figures } = happening;
  if (kind !== 'migrate-vm' || outcome === 'begun') return [];
  return [
    {
      vm: object,
      ...(host === undefined ? {} : { from: host }),
      ...(to === undefined ? {} : { to }),
      endedAt: at,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...figures,
    },
  ];
}

const percent = (part: number, whole: number): number => (whole > 0 ? percentOf(part / whole) : 0);
const percentOf = (share: number): number => rounded(share * 100, 3);

/** Whoever adds up in another order is not to see it. */
export function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
