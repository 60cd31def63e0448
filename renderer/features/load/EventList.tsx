import { Link } from 'wouter';
import type { Event } from '#shared/model/event.ts';
import { formatCount, formatMoment } from '../../ui/format.ts';
import { hostHref, vmHref } from '../inventory.ts';
import styles from './LoadDashboard.module.css';
import { toneOf } from './useClusterEvents.ts';

const mostShown = 6;

/** The ticks of the time axis in words, newest first. `now` is by the cluster's clock. */
export function EventList({ events, now }: { readonly events: readonly Event[]; readonly now: number }) {
  const shown = events.slice(-mostShown).toReversed();
  return (
    <section aria-label="Events in this time">
      <p className={styles.heading}>
        {events.length === 0 ? 'Events in this time' : formatCount(events.length, 'event')}
        {events.length > mostShown && `, the last ${mostShown}`}
      </p>
      {events.length === 0 ? (
        <p className={styles.quiet}>
          None. VMs that start, stop or move, lost hosts and ended tasks appear here.
        </p>
      ) : (
        <EventLines events={shown} now={now} />
      )}
    </section>
  );
}

export function EventLines({ events, now }: { readonly events: readonly Event[]; readonly now: number }) {
  return (
    <ul className={styles.events}>
      {events.map((event) => {
        const { text, exact } = formatMoment(event.clusterAt, now);
        return (
          <li key={event.id}>
            <i className={styles.tick} data-tone={toneOf(event)} />
            <time dateTime={new Date(event.clusterAt).toISOString()} title={exact}>
              {text}
            </time>
            <EventText event={event} />
          </li>
        );
      })}
    </ul>
  );
}

function EventText({ event: { text, taskId, vmId, hostIds } }: { readonly event: Event }) {
  const [host] = hostIds;
  if (taskId !== undefined) return <Link href={`/activity/${encodeURIComponent(taskId)}`}>{text}</Link>;
  if (vmId !== undefined) return <Link href={vmHref(vmId)}>{text}</Link>;
  if (host !== undefined) return <Link href={hostHref(host)}>{text}</Link>;
  return <span>{text}</span>;
}
