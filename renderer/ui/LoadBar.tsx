import type { Point } from '../transport/series.ts';
import { type Formatted, notMeasured } from './format.ts';
import styles from './LoadBar.module.css';
import { Sparkline } from './Sparkline.tsx';

/** Above this share a host is over its limit, and only then is anything red. */
export const loadLimit = 0.9;

/** How full something is: one ramp from pale to dark, red past the limit; the figure beside it. */
export function LoadBar({
  share,
  text,
  label,
  points,
}: {
  readonly share: number | undefined;
  readonly text: Formatted;
  readonly label: string;
  /** Shares of the last minutes, drawn on one scale for the whole column. */
  readonly points?: readonly Point[];
}) {
  if (share === undefined) return <span className={styles.unknown}>{notMeasured.text}</span>;
  return (
    <span className={styles.cell}>
      {points !== undefined && <Sparkline points={points} />}
      <span
        className={styles.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={text.text}
      >
        <span className={styles.fill} style={fillStyle(share)} />
      </span>
      <span className={styles.figure} title={text.exact}>
        {text.text}
      </span>
    </span>
  );
}

function fillStyle(share: number): { readonly width: string; readonly background: string } {
  const percent = Math.round(Math.min(1, share) * 100);
  return {
    width: `${percent}%`,
    background:
      share > loadLimit ? 'var(--bad)' : `color-mix(in oklab, var(--load-high) ${percent}%, var(--load-low))`,
  };
}
