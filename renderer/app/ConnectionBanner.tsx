import Button from '@mui/material/Button';
import { useConnection, useLive, useSession } from '../transport/hooks.ts';
import { formatDuration, formatMoment } from '../ui/format.ts';
import { StateShape } from '../ui/StateChip.tsx';
import { useNow } from '../ui/useNow.ts';
import styles from './ConnectionBanner.module.css';

/** Said plainly while the page cannot reach its backend: what is shown is old, since when, and what happens next. */
export function ConnectionBanner() {
  const connection = useConnection();
  const known = useLive((model) => model.freshness !== 'none');
  if (!known || connection.state === 'open') return null;
  return (
    <div className={styles.banner} role="alert">
      <StateShape shape="attention" />
      <span>{connection.state === 'failed' ? connection.error.message : <Waiting />}</span>
      <Retry />
    </div>
  );
}

function Waiting() {
  const connection = useConnection();
  const now = useNow();
  if (connection.state !== 'lost') return 'Reconnecting to Drover. What is shown is the last that was known.';
  const { why, since, retryAt } = connection;
  const next =
    retryAt === undefined || retryAt <= now
      ? 'Trying again now.'
      : `Trying again in ${formatDuration(Math.ceil((retryAt - now) / 1000) * 1000).text}.`;
  return `Not connected to Drover since ${formatMoment(since, now).text}: ${why}. What is shown is the last that was known. ${next}`;
}

function Retry() {
  const { retryNow } = useSession();
  return (
    <Button variant="outlined" onClick={retryNow}>
      Try now
    </Button>
  );
}
