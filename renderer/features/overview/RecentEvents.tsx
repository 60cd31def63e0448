import { Link } from 'wouter';
import { useLive } from '../../transport/hooks.ts';
import { formatAgo } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { useScopeId } from '../inventory.ts';
import { eventHref, eventStates } from '../tasks/eventState.ts';
import styles from './OverviewPage.module.css';

const recentCount = 6;

/** What was seen to happen, whoever caused it; newest first. */
export function RecentEvents({ now }: { readonly now: number }) {
  const cluster = useScopeId();
  const events = useLive((model) => model.events)
    .filter((event) => cluster === undefined || event.clusterId === cluster)
    .slice(-recentCount)
    .toReversed();
  if (events.length === 0) return <p className={styles.quiet}>Nothing was seen to happen yet.</p>;
  return (
    <ul className={styles.tasks}>
      {events.map((event) => {
        const [shape, word] = eventStates[event.kind];
        const href = eventHref(event);
        return (
          <li key={event.id}>
            <StateChip shape={shape} word={word} />
            {href === undefined ? <span>{event.text}</span> : <Link href={href}>{event.text}</Link>}
            <Quantity className={styles.ago} value={formatAgo(event.at, now)} />
          </li>
        );
      })}
    </ul>
  );
}
