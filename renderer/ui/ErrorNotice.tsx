import type { ReactNode } from 'react';
import type { ErrorData } from '#shared/contract/errors.ts';
import styles from './Notice.module.css';
import { StateShape } from './StateChip.tsx';

/** An error in full: what was tried and why it failed, then what to do, each on its own line. */
export function ErrorNotice({
  error,
  children,
}: {
  readonly error: ErrorData;
  readonly children?: ReactNode;
}) {
  const { said, next } = parts(error);
  return (
    <div className={`${styles.notice} ${styles.bad}`} role="alert">
      <StateShape shape="failed" />
      <div className={styles.text}>
        <p>{said}</p>
        {next !== undefined && <p className={styles.next}>{next}</p>}
        {children !== undefined && <div className={styles.actions}>{children}</div>}
      </div>
    </div>
  );
}

/** `message` ends with `next`; they are shown apart, and never twice. */
export function parts(error: ErrorData): { readonly said: string; readonly next: string | undefined } {
  const { message, next } = error;
  if (next === undefined || !message.endsWith(next)) return { said: message, next };
  return { said: message.slice(0, -next.length).trim(), next };
}
