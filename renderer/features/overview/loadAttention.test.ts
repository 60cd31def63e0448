import { describe, expect, it } from 'vitest';
import type { Host } from '#shared/model/host.ts';
import { type HostMetric, hostMetrics, measured } from '#shared/model/samples.ts';
import { fakeHosts } from '../../testing/fakeCluster.ts';
import { Series } from '../../transport/series.ts';
import { loadItems } from './loadAttention.ts';

const now = 1_800_000_000_000;
const [host] = fakeHosts(now);
if (host === undefined) throw new Error('a host is needed');

type Values = Partial<Record<HostMetric, number>>;

/** A measurement every 2 s for so many minutes, each as of so many seconds after the first. */
function seriesOf(minutes: number, valuesAt: (second: number) => Values): Series {
  const series = new Series(measured.host.rests);
  for (let second = 0; second <= minutes * 60; second += 2) {
    const values = { memoryTotalMiB: 65_536, ...valuesAt(second) };
    series.add(
      now + second * 1000,
      hostMetrics.map((metric) => values[metric] ?? null),
    );
  }
  return series;
}

const whats = (series: Series | undefined, of: Host = host) =>
  loadItems(of, () => series).map(({ what, why }) => `${what}. ${why}`);

describe('a host that has too much to do', () => {
  it('is told of CPUs that were busy for five minutes, with how busy', () => {
    expect(whats(seriesOf(6, () => ({ cpuShare: 0.97 })))).toEqual([
      'The CPUs of server-a are nearly all busy. 97 % over the last 5 minutes: its VMs wait for each other.',
    ]);
  });

  it('is not told of a peak, of a load under the limit, nor before five minutes are known', () => {
    expect(whats(seriesOf(6, (second) => ({ cpuShare: second > 300 ? 1 : 0.3 })))).toEqual([]);
    expect(whats(seriesOf(6, () => ({ cpuShare: 0.9 })))).toEqual([]);
    expect(whats(seriesOf(4, () => ({ cpuShare: 1 })))).toEqual([]);
    expect(whats(undefined)).toEqual([]);
  });

  it('is told of memory that is nearly all used', () => {
    expect(whats(seriesOf(6, () => ({ memoryUsedMiB: 64_512 })))).toEqual([
      'server-a has hardly any memory left. 63 GiB of 64 GiB used over the last 5 minutes.',
    ]);
    expect(whats(seriesOf(6, () => ({ memoryUsedMiB: 61_440 })))).toEqual([]);
  });

  it('is told of swap that grows, not of swap that lies there', () => {
    const growing = seriesOf(6, (second) => ({ swapUsedMiB: 1000 + second }));
    expect(whats(growing)).toEqual([
      'server-a swaps memory out. 300 MiB more than 5 minutes ago: its VMs get slower.',
    ]);
    expect(whats(seriesOf(6, () => ({ swapUsedMiB: 4096 })))).toEqual([]);
  });

  it('is told of nothing where the host does not answer', () => {
    const error = { code: 'host-unreachable', message: 'no route' } as const;
    const lost: Host = { ...host, connection: { state: 'unreachable', since: now, retryAt: now, error } };
    expect(
      whats(
        seriesOf(6, () => ({ cpuShare: 1 })),
        lost,
      ),
    ).toEqual([]);
  });
});
