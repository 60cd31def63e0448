import type { World } from '../state/world.ts';
import type { Measuring } from './measuring.ts';
import { rounded, runningOn } from './results.ts';
import { addCounted, type Counted, differenceOf, noneCounted } from './sums.ts';

/** The columns of a series, in order; `docs/simulate.md` says what each is. */
export const seriesColumns = [
  'at',
  'seconds',
  'scope',
  'name',
  'hosts_on',
  'vms_running',
  'cpu_percent',
  'cpu_busy_cores',
  'cpu_unmet_cores',
  'memory_used_mib',
  'memory_total_mib',
  'watts',
  'energy_kwh',
  'network_receive_bytes',
  'network_send_bytes',
  'disk_read_bytes',
  'disk_write_bytes',
  'migrations_under_way',
] as const;

export type SeriesRow = readonly (string | number)[];

interface Standing {
  readonly hostsOn: number;
  readonly vmsRunning: number;
  readonly memoryUsedMiB: number;
  readonly memoryTotalMiB: number;
  readonly migrations: number;
}

/** A row for each host and one for all of them, of what has come since the last ones. */
export class Series {
  readonly #world: World;
  readonly #measuring: Measuring;
  readonly #last: Counted[];
  #lastAt: number;

  constructor(world: World, measuring: Measuring) {
    this.#world = world;
    this.#measuring = measuring;
    this.#lastAt = world.now;
    this.#last = measuring.sums().map(({ sums }) => ({ ...sums.counted }));
  }

  /** After the measuring has accumulated. */
  rows(): readonly SeriesRow[] {
    const { scenario, state } = this.#world;
    const moves = migrationsAt(this.#world);
    const all = noneCounted();
    const standings: Standing[] = [];
    const rows = this.#measuring.sums().map(({ host, sums }, number) => {
      const now = { ...sums.counted };
      const counted = differenceOf(now, this.#last[number] ?? noneCounted());
      this.#last[number] = now;
      addCounted(all, counted);
      const { memoryMiB } = this.#world.facts(host);
      const isOn = host.power === 'on';
      const standing = {
        hostsOn: isOn ? 1 : 0,
        vmsRunning: runningOn(host),
        memoryUsedMiB: isOn ? this.#measuring.memoryUsedMiB(host) : 0,
        memoryTotalMiB: isOn ? memoryMiB : 0,
        migrations: moves.get(host.name) ?? 0,
      };
      standings.push(standing);
      return this.#row('host', host.name, counted, standing);
    });
    const migrations = Object.keys(state.transfers).length;
    const whole = this.#row('cluster', scenario.name, all, { ...sumOf(standings), migrations });
    this.#lastAt = this.#world.now;
    return [...rows, whole];
  }

  #row(scope: 'host' | 'cluster', name: string, counted: Counted, standing: Standing): SeriesRow {
    const { now, state } = this.#world;
    const ns = (now - this.#lastAt) * 1e6;
    const perSecond = (value: number) => (ns > 0 ? (value / ns) * 1e9 : 0);
    const { cpuBusyNs, cpuTotalNs } = counted;
    return [
      new Date(now).toISOString(),
      rounded((now - state.startedAt) / 1000, 3),
      scope,
      name,
      standing.hostsOn,
      standing.vmsRunning,
      cpuTotalNs > 0 ? rounded((100 * cpuBusyNs) / cpuTotalNs, 3) : 0,
      ns > 0 ? rounded(cpuBusyNs / ns, 4) : 0,
      ns > 0 ? rounded(counted.guestReadyNs / ns, 4) : 0,
      standing.memoryUsedMiB,
      standing.memoryTotalMiB,
      rounded(perSecond(counted.energyJoules), 2),
      rounded(counted.energyJoules / 3.6e6, 6),
      Math.round(counted.networkReceiveBytes),
      Math.round(counted.networkSendBytes),
      Math.round(counted.diskReadBytes),
      Math.round(counted.diskWriteBytes),
      standing.migrations,
    ];
  }
}

/** How many each host is an end of. */
function migrationsAt({ state }: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { from, to } of Object.values(state.transfers)) {
    for (const name of [from, to]) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function sumOf(standings: readonly Standing[]): Omit<Standing, 'migrations'> {
  const sum = { hostsOn: 0, vmsRunning: 0, memoryUsedMiB: 0, memoryTotalMiB: 0 };
  for (const each of standings) {
    sum.hostsOn += each.hostsOn;
    sum.vmsRunning += each.vmsRunning;
    sum.memoryUsedMiB += each.memoryUsedMiB;
    sum.memoryTotalMiB += each.memoryTotalMiB;
  }
  return sum;
}

/** One line of a CSV file (RFC 4180), without its end. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells
    .map((cell) =>
      typeof cell === 'string' && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : String(cell),
    )
    .join(',');
}
