import { useState } from 'react';
import { useSession } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { ShutDownFields, usualShutDown } from '../vms/ShutDownFields.tsx';
import styles from './Bulk.module.css';
import { giveBulk } from './bulkOrders.ts';
import { type BulkVerb, judged } from './bulkVerb.ts';

interface BulkDialogProps<Row> {
  readonly list: string;
  readonly noun: string;
  readonly verb: BulkVerb<Row>;
  readonly rows: readonly Row[];
  readonly nameOf: (row: Row) => string;
  readonly onClose: () => void;
  readonly onGiven: () => void;
}

/** The one confirmation: what is done to whom, and who is left out and why. */
export function BulkDialog<Row>({ list, noun, verb, rows, nameOf, onClose, onGiven }: BulkDialogProps<Row>) {
  const session = useSession();
  // As it stood when it was asked: names must not come and go under the eyes of whoever confirms them.
  const [{ legal, refused }] = useState(() => judged(verb, rows));
  const [shutDown, setShutDown] = useState(usualShutDown);
  const what = `${verb.words} ${formatCount(legal.length, noun)}`;
  return (
    <FormDialog
      title={`${what}?`}
      verb={what}
      pendingVerb="Asking…"
      destructive={verb.destructive === true}
      width="sm"
      onClose={onClose}
      onGive={() => {
        const how = verb.asks === 'shut-down' ? shutDown : undefined;
        const works = legal.map((row) => verb.workOf(row, how));
        void giveBulk(session, list, what, works, verb.pace);
        onClose();
        onGiven();
      }}
    >
      {verb.said?.(legal)}
      <ul
        className={styles.names}
        aria-label={`${formatCount(legal.length, noun)} to ${verb.words.toLowerCase()}`}
      >
        {legal.map((row) => (
          <li key={nameOf(row)}>{nameOf(row)}</li>
        ))}
      </ul>
      {verb.asks === 'shut-down' && <ShutDownFields value={shutDown} onChange={setShutDown} />}
      {refused.length > 0 && (
        <div>
          <h3 className={styles.heading}>Left out: {refused.length}</h3>
          <ul className={styles.reasons} aria-label="Left out">
            {refused.map(({ row, reason }) => (
              <li key={nameOf(row)}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </FormDialog>
  );
}
