import Button from '@mui/material/Button';
import { useSession } from '../transport/hooks.ts';
import type { Connection } from '../transport/session.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { ProgressBar } from '../ui/ProgressBar.tsx';
import styles from './Starting.module.css';

/** Before anything is known: what Drover is doing, or why it cannot start. */
export function Starting({ connection }: { readonly connection: Connection }) {
  const { retryNow } = useSession();
  return (
    <div className={styles.page}>
      {connection.state === 'failed' ? (
        <div className={styles.notice}>
          <ErrorNotice error={connection.error}>
            <Button variant="outlined" onClick={retryNow}>
              Try again
            </Button>
          </ErrorNotice>
        </div>
      ) : (
        <>
          <ProgressBar share={undefined} label="Starting" />
          <p role="status">{words(connection)}</p>
        </>
      )}
    </div>
  );
}

function words(connection: Exclude<Connection, { state: 'failed' }>): string {
  switch (connection.state) {
    case 'starting':
      return `${connection.detail}…`;
    case 'open':
      return 'Reading the inventory…';
    case 'lost':
      return `Waiting for Drover: ${connection.why}.`;
    default:
      return connection satisfies never;
  }
}
