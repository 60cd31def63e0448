import CloseOutlined from '@mui/icons-material/CloseOutlined';
import IconButton from '@mui/material/IconButton';
import { useDeferredValue, useMemo, useState } from 'react';
import { ActionMenuButton, type ObjectMenu } from '../../ui/ActionMenu.tsx';
import { formatCount } from '../../ui/format.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import styles from './Bulk.module.css';
import { BulkDialog } from './BulkDialog.tsx';
import { type BulkVerb, bulkVerdict, countWords, judged } from './bulkVerb.ts';

interface BulkBarProps<Row> {
  readonly list: string;
  /** "VM" */
  readonly noun: string;
  /** Those chosen that are shown; nothing is done to what the filter hides. */
  readonly rows: readonly Row[];
  readonly hidden: number;
  readonly verbs: readonly BulkVerb<Row>[];
  readonly nameOf: (row: Row) => string;
  readonly onClear: () => void;
}

/** Below the table while rows are chosen: for how many of them each verb is legal, and why not for the others. */
export function BulkBar<Row>(props: BulkBarProps<Row>) {
  const { noun, verbs, hidden } = props;
  // Choosing shows at once; thousands of verdicts may come a moment later.
  const rows = useDeferredValue(props.rows);
  const [asked, setAsked] = useState<BulkVerb<Row>>();
  const offers = useMemo(() => verbs.map((verb) => ({ verb, judgement: judged(verb, rows) })), [verbs, rows]);
  const more: ObjectMenu = {
    name: `the chosen ${noun}s`,
    groups: [
      {
        key: 'more',
        actions: offers
          .filter(({ verb }) => verb.prominent !== true)
          .map(({ verb, judgement }) => ({
            key: verb.id,
            words: `${verb.words} ${countWords(judgement.legal.length, rows.length)}`.trim(),
            verdict: bulkVerdict(judgement, noun),
            destructive: verb.destructive === true,
            run: () => setAsked(verb),
          })),
      },
    ],
  };
  return (
    <section className={styles.bar} aria-label={`Chosen ${noun}s`}>
      <span className={styles.count} role="status">
        {formatCount(props.rows.length, noun)} chosen
        {hidden > 0 && <span className={styles.quiet}>, {hidden} more not shown</span>}
      </span>
      {offers
        .filter(({ verb }) => verb.prominent === true)
        .map(({ verb, judgement }) => {
          const count = countWords(judgement.legal.length, rows.length);
          return (
            <ReasonedButton
              key={verb.id}
              variant="outlined"
              color={verb.destructive === true ? 'error' : 'primary'}
              verdict={bulkVerdict(judgement, noun)}
              aria-label={count === '' ? verb.words : `${verb.words} ${count} ${noun}s`}
              onClick={() => setAsked(verb)}
            >
              {verb.words}
              {count !== '' && <span className={styles.legal}>{count}</span>}
            </ReasonedButton>
          );
        })}
      {(more.groups[0]?.actions.length ?? 0) > 0 && <ActionMenuButton menu={more} words="More" />}
      <span className={styles.end}>
        <IconButton
          size="small"
          aria-label={`Choose no ${noun}`}
          title={`Choose no ${noun}`}
          onClick={props.onClear}
        >
          <CloseOutlined fontSize="small" />
        </IconButton>
      </span>
      {asked !== undefined && (
        <BulkDialog
          list={props.list}
          noun={noun}
          verb={asked}
          rows={rows}
          nameOf={props.nameOf}
          onClose={() => setAsked(undefined)}
          onGiven={props.onClear}
        />
      )}
    </section>
  );
}
