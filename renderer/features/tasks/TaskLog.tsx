import type { Task } from '#shared/model/task.ts';
import { StateShape } from '../../ui/StateChip.tsx';
import styles from './TaskLog.module.css';

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

export function TaskLog({ task }: { readonly task: Task }) {
  if (task.log.length === 0) return <p className={styles.quiet}>Nothing has been written down yet.</p>;
  return (
    <ol className={styles.log} aria-label={`Log of ${task.title}`}>
      {task.log.map((line, index) => (
        // A log only grows at its end, so a line's place names it.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index}>
          <time dateTime={new Date(line.at).toISOString()}>{clock.format(line.at)}</time>
          <span className={styles.mark}>
            {line.level !== 'info' && (
              <StateShape shape={line.level === 'problem' ? 'failed' : 'attention'} />
            )}
          </span>
          <span>
            {line.level !== 'info' && <span className="visually-hidden">{line.level}: </span>}
            {line.text}
          </span>
        </li>
      ))}
    </ol>
  );
}
