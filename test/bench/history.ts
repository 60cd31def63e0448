import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterId, hostId, vmId } from '#shared/model/ids.ts';
import {
  clusterMetrics,
  dearEverySweeps,
  hostMetrics,
  type Measured,
  measured,
  type Samples,
  samplesSchema,
  vmMetrics,
} from '#shared/model/samples.ts';
import { openHistory } from '../../electron/backend/store/history.ts';
import { medianOf } from './measure.ts';

// What keeping history costs with 64 hosts and 800 VMs: first rings are filled by a day of sweeps that are far apart, then
// sweeps every 2 s are measured for an hour and a half, as fast as it goes, by a clock that says so.

export interface HistoryFigures {
  readonly hosts: number;
  readonly vms: number;
  /** Measured numbers that come in a second. */
  readonly valuesPerSecond: number;
  /** Milliseconds of one core that a second of measurements takes: mean, and the longest that one sweep took. */
  readonly msPerSecond: number;
  readonly longestMs: number;
  /** On disk, once rings are full, with all that SQLite needs. */
  readonly fileMiB: number;
  readonly kibibytesEach: number;
  /** Rows of the database written in a day, and what they hold. */
  readonly rowsPerDay: number;
  readonly mebibytesPerDay: number;
  /** Medians: four charts of one host, from the question to columns. */
  readonly readLiveMs: number;
  readonly readDayMs: number;
}

const hosts = 64;
const vms = 800;
const everyMs = 2000;
const hourMs = 3_600_000;
const fillMs = 25 * hourMs;
/** Coarse rows only: the finer rings are filled by what is measured. */
const fillEveryMs = 60_000;
const measuredMs = 1.5 * hourMs;
const start = Date.UTC(2026, 0, 1);
const cluster = clusterId('bench');
const hostIds = Array.from({ length: hosts }, (_, index) => hostId(`host-${index}`));
const vmIds = Array.from({ length: vms }, (_, index) => vmId(cluster, `vm-${index}`));

export function run(): HistoryFigures {
  const folder = mkdtempSync(join(tmpdir(), 'drover-bench-history-'));
  let elapsed = 0;
  const clock = { now: () => start + elapsed, elapsed: () => elapsed, after: () => () => undefined };
  const history = openHistory(folder, console.error, clock);
  try {
    const some = Array.from({ length: dearEverySweeps }, (_, number) => sweep(number));
    const append = (number: number, apartMs: number) => {
      elapsed += apartMs;
      const samples = at(some[number % dearEverySweeps], start + elapsed);
      const began = performance.now();
      history.append(samples, cluster, apartMs);
      return performance.now() - began;
    };
    for (let number = 0; number < fillMs / fillEveryMs; number += 1) append(number, fillEveryMs);
    const took = Array.from({ length: measuredMs / everyMs }, (_, number) => append(number, everyMs));
    const spentMs = took.reduce((sum, each) => sum + each, 0);
    const longestMs = Math.max(...took);
    const subject = { kind: 'host', id: hostIds[0] ?? hostId('none') } as const;
    const metrics = hostMetrics.slice(0, 11);
    const read = (spanMs: number) =>
      medianOf(
        Array.from({ length: 20 }, () => {
          const began = performance.now();
          history.read({ subject, metrics, spanMs, points: 600 });
          return performance.now() - began;
        }),
      );
    const [readLiveMs, readDayMs] = [read(hourMs / 4), read(24 * hourMs)];
    history.close();
    const fileBytes = statSync(join(folder, 'history.db')).size;
    const chunksADay = 24 * 60 * (1 + 1 / 2 + 1 / 5 + 1 / 15);
    const bytesADay = (metricCount: number) =>
      24 * 60 * (30 * (1 + metricCount) * 4 + (4 + 1 + 1 / 5) * (1 + 3 * metricCount) * 4);
    return {
      hosts,
      vms,
      valuesPerSecond: (hosts * hostMetrics.length + vms * vmMetrics.length + clusterMetrics.length) / 2,
      msPerSecond: (spentMs / measuredMs) * 1000,
      longestMs,
      fileMiB: fileBytes / 2 ** 20,
      kibibytesEach: fileBytes / 1024 / (hosts + vms + 1),
      rowsPerDay: Math.round(chunksADay * (hosts + vms + 1)),
      mebibytesPerDay: (hosts * bytesADay(hostMetrics.length) + vms * bytesADay(vmMetrics.length)) / 2 ** 20,
      readLiveMs,
      readDayMs,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As monitoring tells it: what is measured seldom is null in between. */
function sweep(number: number): Samples {
  const column = ({ metrics, rests }: Measured, count: number) =>
    Object.fromEntries(
      metrics.map((metric, index) => [
        metric,
        Array.from({ length: count }, (_, row) =>
          (rests[index] ?? 0) > 0 && number > 0 ? null : Math.sin(row + index + number) * 1e6 + 1e6,
        ),
      ]),
    );
  return samplesSchema.parse({
    hosts: { at: 0, hostIds, ...column(measured.host, hosts) },
    vms: { at: 0, vmIds, ...column(measured.vm, vms) },
    clusters: {
      at: 0,
      clusterIds: [cluster],
      ...column({ metrics: measured.cluster.metrics, rests: [] }, 1),
    },
  });
}

function at(samples: Samples | undefined, moment: number): Samples {
  if (samples === undefined) throw new Error('there is always a sweep');
  return {
    hosts: { ...samples.hosts, at: moment },
    vms: { ...samples.vms, at: moment },
    clusters: { ...samples.clusters, at: moment },
  };
}
