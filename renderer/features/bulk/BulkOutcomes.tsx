import Button from '@mui/material/Button';
import { Link } from 'wouter';
import type { TaskId } from '#shared/model/ids.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useLive } from '../../transport/hooks.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { type Shape, StateChip } from '../../ui/StateChip.tsx';
import styles from './Bulk.module.css';
import { type BulkItem, type BulkOrder, closeBulk, stopBulk, useBulkOrders } from './bulkOrders.ts';

const none: readonly BulkOrder[] = [];

/** How each one went, until it is closed: below the table, so that its rows stay where they are. */
export function BulkOutcomes({
  list,
  onChoose,
}: {
  readonly list: string;
  /** Chooses those that failed, to do something else with them. */
  readonly onChoose: (keys: ReadonlySet<string>) => void;
}) {
  const orders = useBulkOrders((state) => state.orders.get(list)) ?? none;
  return orders.map((order) => <Outcome key={order.id} list={list} order={order} onChoose={onChoose} />);
}

type Ending = BulkItem['state'];

const endings: Readonly<Record<Ending, readonly [Shape, string]>> = {
  waiting: ['inactive', 'Waiting'],
  running: ['moving', 'Running'],
  done: ['done', 'Done'],
  failed: ['failed', 'Failed'],
  undecided: ['unknown', 'Undecided'],
  left: ['inactive', 'Not begun'],
};

function Outcome({
  list,
  order,
  onChoose,
}: {
  readonly list: string;
  readonly order: BulkOrder;
  readonly onChoose: (keys: ReadonlySet<string>) => void;
}) {
  const { items } = order;
  const count = (state: Ending): number => items.filter((item) => item.state === state).length;
  const open = count('waiting') + count('running');
  const failed = items.filter((item) => item.state === 'failed');
  const summary = (['failed', 'undecided', 'running', 'waiting', 'done', 'left'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${endings[state][1].toLowerCase()}`)
    .join(', ');
  return (
    <section className={styles.outcome} aria-label={`Outcome: ${order.title}`}>
      <div className={styles.head}>
        <h2>{order.title}</h2>
        <span role="status">{summary}</span>
        <span className={styles.end}>
          {failed.length > 0 && open === 0 && (
            <Button variant="outlined" onClick={() => onChoose(new Set(failed.map((item) => item.key)))}>
              Choose the failed
            </Button>
          )}
          {count('waiting') > 0 && (
            <ReasonedButton
              variant="outlined"
              verdict={order.stopped ? refused('The rest is left already; what has begun goes on.') : allowed}
              onClick={() => stopBulk(list, order.id)}
            >
              Leave the rest
            </ReasonedButton>
          )}
          <ReasonedButton
            verdict={open > 0 ? refused(`${open} of them have not ended yet.`) : allowed}
            onClick={() => closeBulk(list, order.id)}
          >
            Close
          </ReasonedButton>
        </span>
      </div>
      <ul className={styles.items}>
        {/* What went wrong is read first, and moves only once. */}
        {[...failed, ...items.filter((item) => item.state !== 'failed')].map((item) => (
          <Item key={item.key} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { readonly item: BulkItem }) {
  const [shape, word] = endings[item.state];
  return (
    <li data-state={item.state}>
      <span className={styles.name}>{item.name}</span>
      <StateChip shape={shape} word={word} />
      <span className={styles.reason}>
        {item.state === 'running' ? <Doing taskId={item.taskId} /> : (item.error?.message ?? item.outcome)}
      </span>
      {item.taskId !== undefined && (
        <Link href={`/activity/${encodeURIComponent(item.taskId)}`} aria-label={`Log of ${item.name}`}>
          Log
        </Link>
      )}
    </li>
  );
}

function Doing({ taskId }: { readonly taskId: TaskId | undefined }) {
  return useLive((model) => (taskId === undefined ? undefined : model.tasks.get(taskId)?.progress?.detail));
}
