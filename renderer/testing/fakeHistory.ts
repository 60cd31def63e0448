import type { HistoryColumns, HistoryRequest } from '#shared/model/history.ts';
import { clusterTime } from '../features/clusters/simulatedTime.ts';
import { fakeSamples } from './fakeSamples.ts';
import type { FakeWorld } from './fakeWorld.ts';

/** What the scripted cluster would have measured, rolled up: a gap in the middle, a peak of one moment near the end. */
export function fakeHistory(
  world: FakeWorld,
  { subject, metrics, spanMs, points }: HistoryRequest,
): HistoryColumns {
  const hosts = [...world.hosts.values()];
  const vms = [...world.vms.values()];
  const cluster =
    subject.kind === 'cluster'
      ? subject.id
      : [...hosts, ...vms].find((each) => each.id === subject.id)?.clusterId;
  const to = clusterTime(cluster && world.clusters.get(cluster), world.now);
  const stepMs = spanMs / Math.min(points - 1, 240);
  const at = Array.from(
    { length: Math.floor(spanMs / stepMs) + 1 },
    (_, index) => to - spanMs + index * stepMs,
  );
  const told = at.map((moment) => {
    const samples = fakeSamples(
      moment,
      hosts.filter((host) => host.clusterId === cluster),
      vms.filter((vm) => vm.clusterId === cluster),
    );
    const [columns, ids]: readonly [object, readonly string[]] =
      subject.kind === 'host'
        ? [samples.hosts, samples.hosts.hostIds]
        : subject.kind === 'vm'
          ? [samples.vms, samples.vms.vmIds]
          : [samples.clusters, samples.clusters.clusterIds];
    const index = ids.indexOf(subject.id);
    return (metric: string): number | null => {
      const column: unknown = Reflect.get(columns, metric);
      const value: unknown = Array.isArray(column) ? column[index] : undefined;
      return typeof value === 'number' ? value : null;
    };
  });
  return {
    from: to - spanMs,
    to,
    stepMs,
    at,
    columns: metrics.map((metric) => {
      const mean = told.map((of, index) => {
        const isSilent = index > told.length * 0.4 && index < told.length * 0.46;
        return isSilent ? null : of(metric);
      });
      const around = (factor: number) =>
        mean.map((value) =>
          value === null ? null : Math.min(metric.endsWith('Share') ? 1 : Infinity, value * factor),
        );
      return { metric, mean, least: around(0.7), greatest: around(1.35) };
    }),
    ...(world.historyTrouble === undefined ? {} : { trouble: world.historyTrouble }),
  };
}
