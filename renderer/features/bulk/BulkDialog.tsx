import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMemo, useState } from 'react';
import { useSession } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { ShutDownFields, usualShutDown } from '../vms/ShutDownFields.tsx';
import styles from './Bulk.module.css';
import { giveBulk } from './bulkOrders.ts';
import { type BulkVerb, bulkVerdict, judged } from './bulkVerb.ts';

/** No host and no VM is called by it. */
const usual = '';

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
export function BulkDialog<Row>({ list, noun, nameOf, onClose, onGiven, ...now }: BulkDialogProps<Row>) {
  const session = useSession();
  // As it stood when it was asked: names must not come and go under the eyes of whoever confirms them.
  const [{ verb, rows }] = useState(now);
  const [choice, setChoice] = useState<string>();
  const judgement = useMemo(() => judged(verb, rows, choice), [verb, rows, choice]);
  const { legal, refused } = judgement;
  const [shutDown, setShutDown] = useState(usualShutDown);
  const what = `${verb.words} ${formatCount(legal.length, noun)}`;
  return (
    <FormDialog
      title={`${what}?`}
      verb={what}
      pendingVerb="Asking…"
      destructive={verb.destructive === true}
      width="sm"
      verdict={bulkVerdict(judgement, noun)}
      onClose={onClose}
      onGive={() => {
        const how = verb.asks === 'shut-down' ? shutDown : undefined;
        const works = legal.map((row) => verb.workOf(row, how, choice));
        void giveBulk(session, list, what, works, verb.pace);
        onClose();
        onGiven();
      }}
    >
      {verb.said?.(legal)}
      {verb.choice !== undefined && (
        <TextField
          select
          label={verb.choice.label}
          value={choice ?? usual}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          onChange={({ target }) => setChoice(target.value === usual ? undefined : target.value)}
        >
          <MenuItem value={usual}>{verb.choice.usual}</MenuItem>
          {verb.choice.of(rows).map(({ key, words }) => (
            <MenuItem key={key} value={key}>
              {words}
            </MenuItem>
          ))}
        </TextField>
      )}
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
