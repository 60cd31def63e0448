import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

/** What would be here, and the next step towards it. */
export function EmptyState({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <h2 className={styles.title}>{title}</h2>
      {children !== undefined && <p className={styles.text}>{children}</p>}
      {action !== undefined && <div>{action}</div>}
    </div>
  );
}
