import { formatShare } from './format.ts';
import styles from './ProgressBar.module.css';

/** How far something is; where that cannot be said, a quiet moving bar, never a guess. */
export function ProgressBar({
  share,
  label,
}: {
  readonly share: number | undefined;
  readonly label: string;
}) {
  const known = share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) };
  return (
    <span
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...known}
    >
      <span className={styles.track}>
        <span
          className={share === undefined ? styles.unknown : styles.fill}
          style={share === undefined ? undefined : { width: `${Math.min(100, share * 100)}%` }}
        />
      </span>
      {share !== undefined && (
        <span className={styles.figure}>{formatShare(Math.round(share * 100) / 100).text}</span>
      )}
    </span>
  );
}
