import { memo, useMemo } from 'react';
import { Link } from 'wouter';
import type { Host } from '#shared/model/host.ts';
import { useDrawing, useSession } from '../../transport/hooks.ts';
import type { Point } from '../../transport/series.ts';
import { ActionMenuButton, ContextMenuArea } from '../../ui/ActionMenu.tsx';
import { peaksOf } from '../../ui/chartData.ts';
import { formatCount, formatShare } from '../../ui/format.ts';
import { loadLimit } from '../../ui/LoadBar.tsx';
import { linePath } from '../../ui/Sparkline.tsx';
import { StateShape } from '../../ui/StateChip.tsx';
import { shownHostState, useSimulated } from '../clusters/simulatedHosts.ts';
import { sharesOf } from '../hosts/HostLoad.tsx';
import { useHostMenu } from '../hosts/useHostMenu.ts';
import { hostHref } from '../inventory.ts';
import styles from './HostTile.module.css';

const width = 120;
const height = 28;
const shownPoints = 60;

/** One of very many hosts: the same two small lines on the same scale for each, 60 points that keep their peaks. */
export function HostTile({ host, vms }: { readonly host: Host; readonly vms: number }) {
  useDrawing();
  const series = useSession().samples.host(host.id);
  const simulated = useSimulated(host.id);
  const { shape, word, detail } = shownHostState(host, simulated);
  const menu = useHostMenu()(host);
  const latestAt = series?.latestAt;
  const [cpu, memory] = useMemo(
    () => {
      const total = series?.latest(2) ?? host.capacity?.memoryMiB ?? 0;
      return [series?.points(0) ?? [], total > 0 ? sharesOf(series?.points(1) ?? [], total) : []].map(
        (points) => peaksOf(points, shownPoints),
      );
    },
    // A series is one object for ever; what is new in it is told by its end.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [series, latestAt, host.capacity?.memoryMiB],
  );
  const live = host.connection.state === 'connected';
  return (
    <li>
      <ContextMenuArea menu={menu} className={styles.tile}>
        <div className={styles.head}>
          <span title={detail ?? word} className={styles.state}>
            <StateShape shape={shape} />
            <span className="visually-hidden">{word}</span>
          </span>
          <Link href={hostHref(host.id)} className={styles.name}>
            {host.name}
          </Link>
          <span className={styles.count}>{formatCount(vms, 'VM')}</span>
          <ActionMenuButton menu={menu} />
        </div>
        <Line name="CPU" points={cpu ?? []} isLive={live} />
        <Line name="Memory" points={memory ?? []} isLive={live} />
      </ContextMenuArea>
    </li>
  );
}

const Line = memo(function Line({
  name,
  points,
  isLive,
}: {
  readonly name: string;
  readonly points: readonly Point[];
  readonly isLive: boolean;
}) {
  const share = isLive ? (points.findLast(({ value }) => value !== null)?.value ?? undefined) : undefined;
  return (
    <div className={styles.line} data-over={share !== undefined && share > loadLimit}>
      <span>{name}</span>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path d={linePath(points, width, height)} />
      </svg>
      <span className={styles.figure}>{share === undefined ? '–' : formatShare(share).text}</span>
    </div>
  );
});
