import type { MigrationProgress, MigrationResult } from '#shared/model/migration.ts';
import {
  type Formatted,
  formatBytes,
  formatDuration,
  formatPart,
  formatRate,
  formatShare,
  notMeasured,
} from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import styles from './MigrationFigures.module.css';
import { stationNames } from './stations.ts';

/** What QEMU says of the transfer just now. */
export function ProgressFigures({ progress }: { readonly progress: MigrationProgress }) {
  const round = progress.rounds.at(-1)?.round;
  // Until its first round is over QEMU's rate is zero and its downtime the allowed one: placeholders, not measured.
  const isEstimated = progress.rounds.some((each) => each.dirtiedBytes !== undefined);
  return (
    <dl className={styles.figures}>
      <Figure name="Memory left">
        <Quantity value={formatBytes(progress.memoryRemainingBytes)} /> of{' '}
        <Quantity value={formatBytes(progress.memoryTotalBytes)} />
      </Figure>
      <Figure name="Memory sent">
        <Quantity value={formatBytes(progress.memorySentBytes)} />
      </Figure>
      {progress.diskTotalBytes > 0 && (
        <Figure name="Disks sent">
          <Quantity value={formatPart(progress.diskSentBytes, progress.diskTotalBytes)} />
        </Figure>
      )}
      <Figure name="Round">{round ?? 'not begun'}</Figure>
      <Figure name="Sending">
        <Quantity value={formatRate(progress.throughputBytesPerSecond)} />
      </Figure>
      <Figure name="Guest dirties">
        {isEstimated ? (
          <Quantity value={formatRate(progress.dirtyRateBytesPerSecond)} />
        ) : (
          'known after round 1'
        )}
      </Figure>
      <Figure name="Downtime if stopped now">
        {progress.expectedDowntimeMs === undefined || !isEstimated ? (
          'known after round 1'
        ) : (
          <Quantity value={formatDuration(progress.expectedDowntimeMs)} />
        )}
      </Figure>
      {progress.throttlePercent > 0 && (
        <Figure name="Guest slowed by">{formatShare(progress.throttlePercent / 100).text}</Figure>
      )}
      {progress.postCopyActive && (
        <Figure name="Post-copy">running at the destination, fetching the rest</Figure>
      )}
      <Figure name="Running for">
        <Quantity value={formatDuration(progress.elapsedMs)} />
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function durationOrNot(durationMs: number | undefined): Formatted {
  return durationMs === undefined ? notMeasured : formatDuration(durationMs);
}

/** The three costs first, then what they are made of, then each step's time. */
export function ResultTable({ result }: { readonly result: MigrationResult }) {
  const longest = Math.max(1, ...result.steps.map((step) => step.durationMs));
  return (
    <div className={styles.result}>
      <dl className={styles.costs}>
        <Figure name="Downtime">
          <Quantity value={durationOrNot(result.downtimeMs)} />
        </Figure>
        <Figure name="Total time">
          <Quantity value={formatDuration(result.totalMs)} />
        </Figure>
        <Figure name="Memory sent">
          <Quantity value={formatBytes(result.memoryBytes)} />
        </Figure>
        <Figure name="Disks sent">
          {result.diskBytes === 0 ? 'none' : <Quantity value={formatBytes(result.diskBytes)} />}
        </Figure>
        <Figure name="Rounds">{result.rounds}</Figure>
        <Figure name="Transfer">
          <Quantity value={durationOrNot(result.transferMs)} />
        </Figure>
      </dl>
      <table className={styles.steps} aria-label="Time of each step">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" colSpan={2}>
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {result.steps.map((step) => (
            <tr key={step.step}>
              <th scope="row">
                {step.step} {stationNames[step.station]}
              </th>
              <td className={styles.duration}>
                <Quantity value={formatDuration(step.durationMs)} />
              </td>
              <td>
                <span className={styles.bar} style={{ width: `${(step.durationMs / longest) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
