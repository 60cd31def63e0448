import { type MigrationStation, migrationStations } from '#shared/model/migration.ts';
import type { Task } from '#shared/model/task.ts';
import { Facts } from '../../ui/Facts.tsx';
import { formatBytes, formatDuration, formatRate } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import styles from './SixSteps.module.css';

const names: Readonly<Record<MigrationStation, string>> = {
  initialise: 'Initialise',
  reserve: 'Reserve',
  'pre-copy': 'Pre-copy',
  'stop-and-copy': 'Stop and copy',
  commit: 'Commit',
  activate: 'Activate',
};

/** The six stations in a line; the third holds the rounds, sent below and dirtied above. */
export function SixSteps({ task }: { readonly task: Task }) {
  const progress = task.progress?.migration;
  const result = task.migration;
  return (
    <div>
      <ol className={styles.line} aria-label="The six steps">
        {migrationStations.map((station, number) => {
          const step = task.steps.find((each) => each.id === station);
          const time = result?.steps.find((each) => each.step === number);
          return (
            <li key={station} className={styles.station} data-state={step?.state ?? 'waiting'}>
              <span className={styles.dot} aria-hidden="true" />
              <span className={styles.name}>
                {number} {names[station]}
              </span>
              <span className={styles.time}>
                {time === undefined ? (
                  (step?.state ?? '')
                ) : (
                  <Quantity value={formatDuration(time.durationMs)} />
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {progress !== undefined && progress.rounds.length > 0 && <Rounds task={task} />}
      <Facts
        facts={[
          progress && [
            'Sent',
            <Quantity key="s" value={formatBytes(progress.memorySentBytes + progress.diskSentBytes)} />,
          ],
          result === undefined && progress
            ? [
                'Left',
                <Quantity
                  key="l"
                  value={formatBytes(progress.memoryRemainingBytes + progress.diskRemainingBytes)}
                />,
              ]
            : undefined,
          result === undefined && progress && progress.dirtyRateBytesPerSecond > 0
            ? ['Dirtied', <Quantity key="d" value={formatRate(progress.dirtyRateBytesPerSecond)} />]
            : undefined,
          result === undefined && progress?.expectedDowntimeMs !== undefined
            ? ['Expected downtime', <Quantity key="e" value={formatDuration(progress.expectedDowntimeMs)} />]
            : undefined,
          result && ['Rounds', result.rounds],
          result && ['Downtime', <Quantity key="w" value={formatDuration(result.downtimeMs)} />],
          result && ['Transfer', <Quantity key="t" value={formatDuration(result.transferMs)} />],
          result && ['Total', <Quantity key="o" value={formatDuration(result.totalMs)} />],
        ]}
      />
    </div>
  );
}

function Rounds({ task }: { readonly task: Task }) {
  const rounds = task.progress?.migration?.rounds ?? [];
  const most = Math.max(1, ...rounds.flatMap((round) => [round.sentBytes, round.dirtiedBytes ?? 0]));
  const height = (bytes: number) => `${Math.max(1, (bytes / most) * 48)}px`;
  return (
    <figure className={styles.rounds}>
      <figcaption>Rounds of pre-copy: sent below, dirtied above</figcaption>
      <div className={styles.bars}>
        {rounds.map((round) => (
          <span
            key={round.round}
            className={styles.round}
            title={`Round ${round.round}: ${formatBytes(round.sentBytes).text} sent`}
          >
            <span className={styles.dirtied} style={{ height: height(round.dirtiedBytes ?? 0) }} />
            <span className={styles.sent} style={{ height: height(round.sentBytes) }} />
          </span>
        ))}
      </div>
    </figure>
  );
}
