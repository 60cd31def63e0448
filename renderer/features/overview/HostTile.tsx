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
import { useInView } from '../../ui/useInView.ts';
import { shownHostState, useSimulated } from '../clusters/simulatedHosts.ts';
import { sharesOf } from '../hosts/HostLoad.tsx';
import { useHostMenu } from '../hosts/useHostMenu.ts';
import { hostHref } from '../inventory.ts';
import styles from './HostTile.module.css';

const width = 120;
const height = 28;
const shownPoints = 60;

/**
 * One of very many hosts: the same two small lines on the same scale for each, 60 points that keep their peaks. Of a
 * thousand only those in view are drawn, and drawn anew with every sweep.
 */
export const HostTile = memo(function HostTile({ host, vms }: { readonly host: Host; readonly vms: number }) {
  const [place, inView] = useInView<HTMLLIElement>();
  return <li ref={place}>{inView ? <Shown host={host} vms={vms} /> : <Unseen host={host} vms={vms} />}</li>;
});

/** As high as what is shown, and as easily found by its name. */
function Unseen({ host, vms }: { readonly host: Host; readonly vms: number }) {
  return (
    <div className={styles.tile}>
      <div className={styles.head}>
        <Link href={hostHref(host.id)} className={styles.name}>
          {host.name}
        </Link>
        <span className={styles.count}>{formatCount(vms, 'VM')}</span>
      </div>
      <div className={styles.lines} />
    </div>
  );
}

function Shown({ host, vms }: { readonly host: Host; readonly vms: number }) {
  const simulated = useSimulated(host.id);
  const { shape, word, detail } = shownHostState(host, simulated);
  const menu = useHostMenu()(host);
  return (
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
      <Lines host={host} />
    </ContextMenuArea>
  );
}

function Lines({ host }: { readonly host: Host }) {
  useDrawing();
  const series = useSession().samples.host(host.id);
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
    <div className={styles.lines}>
      <Line name="CPU" points={cpu ?? []} isLive={live} />
      <Line name="Memory" points={memory ?? []} isLive={live} />
    </div>
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
