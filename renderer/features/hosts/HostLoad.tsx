import type { Host } from '#shared/model/host.ts';
import { useHostSeries } from '../../transport/hooks.ts';
import type { Point } from '../../transport/series.ts';
import { formatPart, formatShare, notMeasured } from '../../ui/format.ts';
import { LoadBar } from '../../ui/LoadBar.tsx';

const mib = 1024 * 1024;

export function HostCpu({ host }: { readonly host: Host }) {
  const series = useHostSeries(host.id);
  const live = host.connection.state === 'connected';
  const share = live ? series?.latest(0) : undefined;
  return (
    <LoadBar
      share={share}
      text={share === undefined ? notMeasured : formatShare(share)}
      label={`CPU of ${host.name}`}
      points={series?.points(0) ?? []}
    />
  );
}

export function HostMemory({ host }: { readonly host: Host }) {
  const series = useHostSeries(host.id);
  const live = host.connection.state === 'connected';
  const used = live ? series?.latest(1) : undefined;
  const total = series?.latest(2) ?? host.capacity?.memoryMiB;
  const known = used !== undefined && total !== undefined && total > 0;
  return (
    <LoadBar
      share={known ? used / total : undefined}
      text={known ? formatPart(used * mib, total * mib) : notMeasured}
      label={`Memory of ${host.name}`}
      points={total === undefined ? [] : sharesOf(series?.points(1) ?? [], total)}
    />
  );
}

export function sharesOf(points: readonly Point[], total: number): readonly Point[] {
  return points.map(({ at, value }) => ({ at, value: value === null ? null : value / total }));
}
