import type { ReactElement } from 'react';
import styles from './StateChip.module.css';

/** What a shape stands for; each has a colour of its own besides, and a word beside it. */
export type Shape =
  | 'active'
  | 'paused'
  | 'suspended'
  | 'inactive'
  | 'moving'
  | 'failed'
  | 'attention'
  | 'done'
  | 'unknown';

const drawings: Readonly<Record<Shape, ReactElement>> = {
  active: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  paused: <path d="M3.5 2v8M8.5 2v8" stroke="currentColor" strokeWidth="2.6" />,
  suspended: <path d="M9.9 7.6A4.6 4.6 0 1 1 5 1.6a3.8 3.8 0 0 0 4.9 6Z" fill="currentColor" />,
  inactive: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  moving: <path d="M1 6h9M6.5 2.5 10 6l-3.5 3.5" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  failed: <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />,
  attention: <path d="M6 1 11.4 10.6H.6Z" fill="currentColor" />,
  done: <path d="M1.5 6.5 4.7 9.5 10.5 2.8" fill="none" stroke="currentColor" strokeWidth="2" />,
  unknown: (
    <circle
      cx="6"
      cy="6"
      r="4.4"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeDasharray="2 1.7"
    />
  ),
};

export function StateShape({ shape }: { readonly shape: Shape }) {
  return (
    <svg className={`${styles.shape} ${styles[shape]}`} viewBox="0 0 12 12" aria-hidden="true">
      {drawings[shape]}
    </svg>
  );
}

export function StateChip({
  shape,
  word,
  title,
}: {
  readonly shape: Shape;
  readonly word: string;
  readonly title?: string | undefined;
}) {
  return (
    <span className={styles.chip} title={title}>
      <StateShape shape={shape} />
      <span className={styles.word}>{word}</span>
    </span>
  );
}
