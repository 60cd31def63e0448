import Button from '@mui/material/Button';
import { dismissRefusal, useRefusedOrder } from '../features/orders.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import styles from './RefusedOrder.module.css';

/** Why the last order from a menu was not taken; stays until it was read. */
export function RefusedOrder() {
  const error = useRefusedOrder((refused) => refused.error);
  if (error === undefined) return null;
  return (
    <div className={styles.float}>
      <ErrorNotice error={error}>
        <Button variant="outlined" onClick={dismissRefusal}>
          Close
        </Button>
      </ErrorNotice>
    </div>
  );
}
