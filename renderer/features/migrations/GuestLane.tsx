import { formatDuration } from '../../ui/format.ts';
import styles from './SixSteps.module.css';
import { axisEndMs, type GuestLane } from './stations.ts';

const barY = 24;
const barHeight = 10;
const edge = 44;
const firstRow = barY + barHeight + 23;
const secondRow = firstRow + 17;
/** Closer than this to an end of the axis, the downtime's label would stand on the axis's own. */
const labelRoom = 110;

/** Where the guest ran, on a time axis from the first step: the red gap is its downtime, drawn to scale. */
export function GuestLanePicture({
  lane,
  vmName,
  fromName,
  toName,
  width,
  ended,
}: {
  readonly lane: GuestLane;
  readonly vmName: string;
  readonly fromName: string;
  readonly toName: string;
  readonly width: number;
  readonly ended: boolean;
}) {
  const { after, ranUntilMs, totalMs } = lane;
  const end = ended ? Math.max(1, totalMs) : axisEndMs(totalMs);
  const x = (ms: number): number => edge + (Math.min(ms, end) / end) * (width - 2 * edge);
  const downEndMs = after.kind === 'down' ? ranUntilMs + after.downtimeMs : ranUntilMs;
  const middle = (x(ranUntilMs) + x(downEndMs)) / 2;
  const crowded = after.kind === 'down' && (middle > width - edge - labelRoom || middle < edge + labelRoom);
  const hasMoved = after.kind === 'moved' || (after.kind === 'down' && after.moved);
  const axisRow = crowded ? secondRow : firstRow;
  return (
    <svg width={width} height={88} role="img" aria-label={laneLabel(lane, vmName, fromName, toName)}>
      <rect className={styles.runs} x={x(0)} y={barY} width={x(ranUntilMs) - x(0)} height={barHeight} />
      <text className={styles.note} x={x(0)} y={barY - 8}>
        {vmName} {ended && (after.kind === 'down' || hasMoved) ? 'ran' : 'runs'} on {fromName}
      </text>
      {after.kind === 'not-known' && (
        <>
          <rect
            className={styles.notKnown}
            x={x(ranUntilMs)}
            y={barY}
            width={width - edge - x(ranUntilMs)}
            height={barHeight}
          />
          <text className={styles.note} x={width - edge} y={barY - 8} textAnchor="end">
            stopped; the rest is not known
          </text>
        </>
      )}
      {hasMoved && (
        <>
          <rect
            className={styles.runs}
            x={x(downEndMs)}
            y={barY}
            width={Math.max(0, x(totalMs) - x(downEndMs))}
            height={barHeight}
          />
          <text className={styles.note} x={x(totalMs)} y={barY - 8} textAnchor="end">
            runs on {toName}
          </text>
        </>
      )}
      {after.kind === 'down' && (
        <>
          <rect
            className={styles.down}
            x={x(ranUntilMs)}
            y={barY - 3}
            width={Math.max(1, x(downEndMs) - x(ranUntilMs))}
            height={barHeight + 6}
          />
          <path className={styles.leader} d={`M${middle} ${barY + barHeight + 3}v8`} />
          <text
            className={styles.downText}
            x={Math.max(edge + 40, Math.min(middle, width - edge - 36))}
            y={firstRow}
            textAnchor="middle"
          >
            down {formatDuration(after.downtimeMs).text}
            <title>{formatDuration(after.downtimeMs).exact}, drawn to scale</title>
          </text>
        </>
      )}
      {lane.stepEndsMs.map((ms, step) => (
        // Steps are six and stay in their order.
        // oxlint-disable-next-line react/no-array-index-key
        <line
          key={step}
          className={styles.tick}
          x1={x(ms)}
          x2={x(ms)}
          y1={barY + barHeight}
          y2={barY + barHeight + 5}
        />
      ))}
      <text className={styles.note} x={x(0)} y={axisRow}>
        0 s
      </text>
      <text className={styles.note} x={width - edge} y={axisRow} textAnchor="end">
        {formatDuration(end).text}
      </text>
    </svg>
  );
}

function laneLabel({ after }: GuestLane, vmName: string, fromName: string, toName: string): string {
  switch (after.kind) {
    case 'nothing':
      return `${vmName} runs on ${fromName}`;
    case 'not-known':
      return `${vmName} was stopped on ${fromName}; whether it runs on ${toName} is not known`;
    case 'moved':
      return `${vmName} ran on ${fromName}, stood still for a time that was not measured, and runs on ${toName}`;
    case 'down': {
      const stood = `stood still for ${formatDuration(after.downtimeMs).text}`;
      return after.moved
        ? `${vmName} ran on ${fromName}, ${stood}, and runs on ${toName}`
        : `${vmName} ran on ${fromName} and has ${stood}`;
    }
    default:
      return after satisfies never;
  }
}
