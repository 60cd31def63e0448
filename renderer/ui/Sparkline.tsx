import { median, type Point } from '../transport/series.ts';
import styles from './Sparkline.module.css';

const width = 56;
const height = 18;
const shownMs = 5 * 60_000;
/** Of a simulated clock that runs fast: as many points instead. */
const shownPoints = 30;

/** The last minutes of a share, 0 to 1 from bottom to top, gaps left open. Says nothing the figure beside it does not. */
export function Sparkline({ points }: { readonly points: readonly Point[] }) {
  return (
    <svg
      className={styles.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={sparkPath(points, width, height)} />
    </svg>
  );
}

export function sparkPath(points: readonly Point[], width: number, height: number): string {
  const lately = points.slice(-shownPoints);
  const cadenceMs = median(lately.slice(1).map(({ at }, index) => at - (lately[index]?.at ?? at)));
  return linePath(points, width, height, Math.max(shownMs, cadenceMs * shownPoints));
}

/** Shares as an SVG path, up to the newest; all of them, unless only the last while is wanted. */
export function linePath(points: readonly Point[], width: number, height: number, wantedMs?: number): string {
  const end = points.at(-1)?.at ?? 0;
  const spanMs = Math.max(1, wantedMs ?? end - (points[0]?.at ?? 0));
  const parts: string[] = [];
  let pen = 'M';
  for (const { at, value } of points) {
    if (at < end - spanMs) continue;
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = width - ((end - at) / spanMs) * width;
    const y = height - 1 - Math.min(1, Math.max(0, value)) * (height - 2);
    parts.push(`${pen}${x.toFixed(1)} ${y.toFixed(1)}`);
    pen = 'L';
  }
  return parts.join('');
}
