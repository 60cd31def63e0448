import { type ReactNode, useEffect } from 'react';
import styles from './Page.module.css';

/** A page: its title and verbs above, one scroll (or a table that scrolls within) below. */
export function Page({
  title,
  before,
  count,
  note,
  actions,
  aside,
  fill = false,
  children,
}: {
  readonly title: string;
  /** The way back, before the title. */
  readonly before?: ReactNode;
  readonly count?: string | undefined;
  /** Said beside the count. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** The detail pane, where one is open. */
  readonly aside?: ReactNode;
  /** The content fills the page and scrolls within itself. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} - Drover`;
  }, [title]);
  return (
    <div className={styles.page} data-fill={fill}>
      <header className={styles.head}>
        {before}
        <h1>{title}</h1>
        {count !== undefined && <span className={styles.count}>{count}</span>}
        {note}
        <div className={styles.actions}>{actions}</div>
      </header>
      <div className={styles.columns}>
        <div className={styles.content}>{children}</div>
        {aside}
      </div>
    </div>
  );
}
