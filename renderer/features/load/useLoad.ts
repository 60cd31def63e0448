import type { ErrorData } from '#shared/contract/errors.ts';
import type { HistoryColumns, HistorySubject } from '#shared/model/history.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import { clusterMetrics, hostMetrics, type Metric, vmMetrics } from '#shared/model/samples.ts';
import { useClient, useDrawing, useLive, useSession } from '../../transport/hooks.ts';
import { type Series, windowFor } from '../../transport/series.ts';
import type { ChartPoint } from '../../ui/TimeChart.tsx';
import { useClusterNow } from '../clusters/simulatedTime.ts';
import type { Span } from './spans.ts';
import { usePolled } from './usePolled.ts';

/** What a dashboard draws: points of each metric on one time axis. */
export interface Load {
  readonly from: number;
  readonly to: number;
  /** What one point stands for; 0: a measurement as it came. */
  readonly stepMs: number;
  readonly points: (metric: Metric) => readonly ChartPoint[];
  readonly isEmpty: boolean;
  /** Nothing has been answered yet. */
  readonly isLoading: boolean;
  /** Why history is not kept just now, or cannot be read. */
  readonly trouble: ErrorData | undefined;
}

const namesOf: Readonly<Record<HistorySubject['kind'], readonly Metric[]>> = {
  cluster: clusterMetrics,
  host: hostMetrics,
  vm: vmMetrics,
};
/** More than a wide chart has pixels for is of no use. */
const mostPoints = 600;
const pollEveryMs = 10_000;
const pollFastEveryMs = 3000;
/** Of before this page was opened only what is there already is worth asking for. */
const prefillEveryMs = 10 * 60_000;
/** A cadence may be missed before the axis runs on without the lines. */
const lateCadences = 3.5;

/** Live: what this page has heard, and before that what is in history. Longer: history, asked for again as it grows. */
export function useLoad(
  subject: HistorySubject,
  clusterId: ClusterId,
  metrics: readonly Metric[],
  span: Span,
): Load {
  const client = useClient();
  const series = useSeries(subject);
  const now = useClusterNow(clusterId, 2000);
  const rate = useLive((model) => model.clusters.get(clusterId)?.simulation?.status?.clock.rate ?? 1);
  const isLive = span.key === 'live';
  const every = isLive ? prefillEveryMs : rate > 1 ? pollFastEveryMs : pollEveryMs;
  const { value, error } = usePolled(`${subject.kind} ${subject.id} ${span.key}`, every, (signal) =>
    client.history.load(
      { subject, metrics: [...new Set(metrics)], spanMs: span.spanMs, points: mostPoints },
      { signal },
    ),
  );
  const trouble = error ?? value?.trouble;
  if (!isLive) return { ...fromHistory(value, span), trouble };
  return { ...liveLoad(subject, series, value, now), trouble };
}

function useSeries(subject: HistorySubject): Series | undefined {
  useDrawing();
  const { samples } = useSession();
  switch (subject.kind) {
    case 'cluster':
      return samples.cluster(subject.id);
    case 'host':
      return samples.host(subject.id);
    case 'vm':
      return samples.vm(subject.id);
    default:
      return subject satisfies never;
  }
}

function liveLoad(
  subject: HistorySubject,
  series: Series | undefined,
  history: HistoryColumns | undefined,
  now: number,
): Omit<Load, 'trouble'> {
  const begun = series?.oldestAt ?? Number.POSITIVE_INFINITY;
  const latest = series?.latestAt ?? history?.at.at(-1) ?? now;
  // A host that is silent leaves a gap up to now; a sweep that is a little late leaves none.
  const cadenceMs = series === undefined || series.length < 2 ? 0 : (latest - begun) / (series.length - 1);
  const to = now - latest > Math.max(4000, cadenceMs * lateCadences) ? now : latest;
  const reach = to - Math.max(quarterMs, series?.windowMs ?? 0);
  const earlier = history?.at.find((at) => at > reach && at < begun);
  const oldest = earlier ?? begun;
  const from = to - windowFor(Number.isFinite(oldest) ? to - oldest : 0);
  const names = namesOf[subject.kind];
  return {
    from,
    to,
    stepMs: 0,
    points: (metric) => [
      ...pointsBetween(history, metric, reach, begun),
      ...(series?.points(names.indexOf(metric)) ?? []).filter(({ at }) => at >= from),
    ],
    isEmpty: earlier === undefined && (series?.length ?? 0) === 0,
    isLoading: history === undefined && series === undefined,
  };
}

const quarterMs = 15 * 60_000;

function pointsBetween(
  history: HistoryColumns | undefined,
  metric: Metric,
  after: number,
  before: number,
): readonly ChartPoint[] {
  const column = history?.columns.find((each) => each.metric === metric);
  if (history === undefined || column === undefined) return [];
  return history.at
    .map((at, index) => ({ at, value: column.mean[index] ?? null }))
    .filter(({ at }) => at > after && at < before);
}

function fromHistory(history: HistoryColumns | undefined, span: Span): Omit<Load, 'trouble'> {
  if (history === undefined)
    return { from: 0, to: span.spanMs, stepMs: 0, points: () => [], isEmpty: true, isLoading: true };
  return {
    from: history.from,
    to: history.to,
    stepMs: history.stepMs,
    points: (metric) => {
      const column = history.columns.find((each) => each.metric === metric);
      if (column === undefined) return [];
      return history.at.map((at, index) => ({
        // In the middle of what it stands for.
        at: Math.min(history.to, at + history.stepMs / 2),
        value: column.mean[index] ?? null,
        ...(history.stepMs === 0
          ? {}
          : { least: column.least[index] ?? null, greatest: column.greatest[index] ?? null }),
      }));
    },
    isEmpty: history.at.length === 0,
    isLoading: false,
  };
}
