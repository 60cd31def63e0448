import type { ReactNode } from 'react';
import styles from './Notice.module.css';
import { StateShape } from './StateChip.tsx';

export function WarningNotice({ children }: { readonly children: ReactNode }) {
  return (
    <div className={`${styles.notice} ${styles.warn}`}>
      <StateShape shape="attention" />
      <div className={styles.text}>{children}</div>
    </div>
  );
}
