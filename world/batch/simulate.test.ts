import { describe, expect, it } from 'vitest';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import { idleWorkload } from '../scenario/workload.ts';
import { csvLine, type SeriesRow, seriesColumns } from './series.ts';
import { simulate } from './simulate.ts';

const hourMs = 3_600_000;
const plain = { copyStorage: false, autoConverge: false, postCopy: false };
/** What a host takes for itself. */
const ownCores = 0.12;

type Entry = readonly [afterMs: number, action: TimelineAction];

function twoServers(...entries: readonly Entry[]): Scenario {
  return {
    ...builtInScenario('two-servers'),
    timeline: entries.map(([afterMs, action]) => ({ afterMs, action })),
  };
}

/** Every VM asks for so many cores all the time. */
function constant(cores: number, vcpus: number): Scenario {
  const scenario = twoServers();
  const workload = { ...idleWorkload, cpu: { kind: 'constant' as const, cores } };
  return { ...scenario, vms: scenario.vms.map((vm) => ({ ...vm, vcpus, workload })) };
}

const story = twoServers(
  [5 * 60_000 + 123, { kind: 'evacuate', host: 'server-a', atOnce: 2, ...plain }],
  [20 * 60_000, { kind: 'hang-vm', vm: 'web-02' }],
  [30 * 60_000 + 7, { kind: 'power-off', host: 'server-b' }],
  [31 * 60_000, { kind: 'power-on', host: 'server-b' }],
  [40 * 60_000, { kind: 'start-vm', vm: 'desktop-01' }],
);

describe('a simulation without a console', () => {
  it('comes to the same each time, to the byte, however it is looked at', async () => {
    const text = async (seed: number, everyMs?: number) =>
      JSON.stringify(
        await simulate({
          scenario: story,
          seed,
          forMs: hourMs,
          ...(everyMs === undefined ? {} : { series: { everyMs, take: () => undefined } }),
        }),
      );
    const one = await text(1);
    expect(await text(1)).toBe(one);
    expect(await text(1, 7000)).toBe(one);
    expect(await text(2)).not.toBe(one);
  });

  it('tells swapping apart, where a scenario promises more memory than there is', async () => {
    const scenario = constant(0.5, 4);
    const vms = scenario.vms.map((vm) => ({
      ...vm,
      host: 'server-a',
      memoryMiB: 24_576,
      disks: [],
      workload: { ...vm.workload, memory: { ...vm.workload.memory, touchedShare: 0.9 } },
    }));
    const { hosts, cluster } = await simulate({ scenario: { ...scenario, vms }, seed: 1, forMs: hourMs });
    expect(hosts.map(({ swappingPercent }) => swappingPercent)).toEqual([100, 0]);
    expect(hosts[0]?.swapMaxMiB).toBeGreaterThan(50_000);
    expect(cluster.swappingPercent).toBeCloseTo(50, 0);
    // Pages come back from the disk.
    expect(hosts[0]?.diskReadBytes).toBeGreaterThan(1e9);
  });

  it('adds up load and energy as they can be reckoned by hand', async () => {
    const scenario = constant(2, 4);
    const { hosts, cluster } = await simulate({ scenario, seed: 1, forMs: hourMs });
    const share = (3 * 2 + ownCores) / 16;
    for (const host of hosts) {
      expect(host.cpuMeanPercent).toBeCloseTo(100 * share, 2);
      expect(host.cpuMaxPercent).toBeCloseTo(100 * share, 2);
      expect(host.cpu95Percent).toBeCloseTo(100 * share, 0);
    }
    const power = scenario.hosts[0]?.power ?? [];
    const [lower = 0, upper = 0] = [power[3], power[4]];
    const watts = lower + (upper - lower) * (share * 10 - 3);
    expect(hosts[0]?.energyKWh).toBeCloseTo(watts / 1000, 3);
    expect(cluster).toMatchObject({
      onHours: 2,
      unmetCpuPercent: 0,
      shortOfCpuPercent: 0,
      vmsRunningAtEnd: 6,
    });
    expect(cluster.energyKWh).toBeCloseTo((2 * watts) / 1000, 3);
  });

  it('says what VMs did not get, and how long they were short of it', async () => {
    const { cluster } = await simulate({ scenario: constant(8, 8), seed: 1, forMs: hourMs });
    expect(cluster.unmetCpuPercent).toBeCloseTo((100 * (24 - (16 - ownCores))) / 24, 1);
    expect(cluster).toMatchObject({ shortOfCpuPercent: 100, cpuFullPercent: 100, cpuMaxPercent: 100 });
  });

  it('tells migrations, failures and what came back', async () => {
    const result = await simulate({ scenario: story, seed: 1, forMs: hourMs });
    expect(
      result.migrations.map(({ vm, from, to, outcome }) => `${vm} ${from} ${to} ${outcome}`).sort(),
    ).toEqual(['cache-01', 'database-01', 'web-01'].map((vm) => `${vm} server-a server-b done`));
    for (const { totalMs = 0, downtimeMs = 0, rounds = 0, memoryBytes = 0 } of result.migrations) {
      expect(totalMs).toBeGreaterThan(downtimeMs);
      expect(rounds).toBeGreaterThan(1);
      expect(memoryBytes).toBeGreaterThan(2 ** 28);
    }
    const [hung, died, ...others] = result.failures;
    expect(others).toEqual([]);
    // It starts with its host, which takes half a minute, and Debian twelve seconds.
    const back = 60_000 - 7 + 30_000 + 12_000;
    expect(hung).toEqual({
      at: result.startedAt + 20 * 60_000,
      kind: 'hang-vm',
      object: 'web-02',
      vms: 1,
      recovered: 1,
      recoveredMs: 10 * 60_000 + 7 + back,
    });
    // Of the other five those that came from server-a do not start with this host: their source kept that.
    expect(died).toMatchObject({ kind: 'power-off', object: 'server-b', vms: 5 });
    expect(died?.recoveredMs).toBeUndefined();
    expect(result.cluster.restarts).toBe((died?.recovered ?? 0) + 1);
    expect(result.cluster.vmsStillDown).toBe(5 - (died?.recovered ?? 0));
    expect(result.hosts[1]?.onHours).toBeCloseTo(1 - (60_000 - 7 + 30_000) / hourMs, 3);
    expect(result.happenings.map(({ kind }) => kind)).toContain('host-up');
  });

  it('tells of surges and of guests that find no room', async () => {
    const scenario = twoServers(
      [60_000, { kind: 'surge', vms: ['web-01', 'web-02'], times: 3, lastsMs: 5 * 60_000 }],
      [120_000, { kind: 'fill-pool', pool: 'shared', share: 1 }],
    );
    const { happenings, failures, cluster } = await simulate({ scenario, seed: 1, forMs: hourMs });
    const kinds = happenings.map(({ kind, object }) => `${kind} ${object}`);
    expect(kinds.slice(0, 2)).toEqual(['surge web-01 and 1 more', 'fill-pool shared']);
    expect(kinds).toContain('surge-over web-01 and 1 more');
    const stopped = failures.map(({ kind, object, vms, recovered }) => [kind, object, vms, recovered]);
    expect(stopped).toContainEqual(['vm-stopped', 'database-01', 1, 0]);
    expect(cluster.vmsStillDown).toBe(stopped.length);
    expect(cluster.vmsRunningAtEnd).toBe(6 - stopped.length);
  });

  it('gives a row of each host and of all, of every interval, that add up to the whole', async () => {
    const rows: SeriesRow[] = [];
    const { cluster, startedAt } = await simulate({
      scenario: story,
      seed: 1,
      forMs: hourMs,
      series: { everyMs: 7 * 60_000, take: (more) => rows.push(...more) },
    });
    const at = (row: SeriesRow, column: (typeof seriesColumns)[number]) => row[seriesColumns.indexOf(column)];
    // Eight whole intervals, and four minutes at the end.
    expect(rows.map((row) => `${at(row, 'seconds')} ${at(row, 'name')}`)).toEqual(
      [420, 840, 1260, 1680, 2100, 2520, 2940, 3360, 3600].flatMap((seconds) =>
        ['server-a', 'server-b', 'two-servers'].map((name) => `${seconds} ${name}`),
      ),
    );
    expect(at(rows[0] ?? [], 'at')).toBe(new Date(startedAt + 420_000).toISOString());
    const sum = (column: (typeof seriesColumns)[number], scope: string) =>
      rows.reduce((total, row) => total + (at(row, 'scope') === scope ? Number(at(row, column)) : 0), 0);
    expect(sum('energy_kwh', 'host')).toBeCloseTo(cluster.energyKWh, 3);
    expect(sum('energy_kwh', 'cluster')).toBeCloseTo(cluster.energyKWh, 3);
    expect(Math.abs(sum('network_send_bytes', 'cluster') - cluster.networkSendBytes)).toBeLessThan(20);
    for (const row of rows) expect(Object.values(row).every((cell) => cell !== undefined)).toBe(true);
  });

  it('is ended at once by its signal', async () => {
    const stop = new AbortController();
    const simulating = simulate({
      scenario: story,
      seed: 1,
      forMs: 1000 * 24 * hourMs,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(simulating).rejects.toThrow('enough');
  });
});

it('a line of CSV has what is odd in quotes', () => {
  expect(csvLine(['a', 1.5, 'b,c', 'say "d"'])).toBe('a,1.5,"b,c","say ""d"""');
});
