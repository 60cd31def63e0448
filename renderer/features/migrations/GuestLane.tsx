import { formatDuration } from '../../ui/format.ts';
import styles from './SixSteps.module.css';
import { axisEndMs, type GuestLane } from './stations.ts';

const barY = 24;
const barHeight = 10;
const edge = 40;

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
  const end = ended ? Math.max(1, lane.totalMs) : axisEndMs(lane.totalMs);
  const x = (ms: number): number => edge + (Math.min(ms, end) / end) * (width - 2 * edge);
  const { downFromMs, downtimeMs } = lane;
  const down = downFromMs !== undefined && downtimeMs !== undefined;
  const upUntil = down ? downFromMs : lane.totalMs;
  const upAgain = down ? downFromMs + downtimeMs : lane.totalMs;
  const middle = down ? (x(downFromMs) + x(upAgain)) / 2 : 0;
  const label = laneLabel(lane, vmName, fromName, toName);
  return (
    <svg width={width} height={88} role="img" aria-label={label}>
      <rect
        className={styles.runs}
        x={x(0)}
        y={barY}
        width={Math.max(0, x(upUntil) - x(0))}
        height={barHeight}
      />
      <text className={styles.note} x={x(0)} y={barY - 8}>
        {vmName} runs on {fromName}
      </text>
      {lane.moved && (
        <>
          <rect
            className={styles.runs}
            x={x(upAgain)}
            y={barY}
            width={Math.max(0, x(lane.totalMs) - x(upAgain))}
            height={barHeight}
          />
          <text className={styles.note} x={x(lane.totalMs)} y={barY - 8} textAnchor="end">
            on {toName}
          </text>
        </>
      )}
      {down && (
        <>
          <rect
            className={styles.down}
            x={x(downFromMs)}
            y={barY - 3}
            width={Math.max(1, x(upAgain) - x(downFromMs))}
            height={barHeight + 6}
          />
          <path className={styles.leader} d={`M${middle} ${barY + barHeight + 3}v8`} />
          <text
            className={styles.downText}
            x={Math.max(edge + 40, Math.min(middle, width - edge - 36))}
            y={barY + barHeight + 23}
            textAnchor="middle"
          >
            down {formatDuration(downtimeMs).text}
            <title>{formatDuration(downtimeMs).exact}, drawn to scale</title>
          </text>
        </>
      )}
      {lane.stepEndsMs.map((ms, step) => (
        <line
          key={`${step}`}
          className={styles.tick}
          x1={x(ms)}
          x2={x(ms)}
          y1={barY + barHeight}
          y2={barY + barHeight + 5}
        />
      ))}
      <text className={styles.note} x={x(0)} y={barY + barHeight + 42}>
        0 s
      </text>
      <text className={styles.note} x={width - edge} y={barY + barHeight + 42} textAnchor="end">
        {formatDuration(end).text}
      </text>
    </svg>
  );
}

function laneLabel(lane: GuestLane, vmName: string, fromName: string, toName: string): string {
  if (lane.downtimeMs === undefined) return `${vmName} runs on ${fromName}`;
  const gap = `stood still for ${formatDuration(lane.downtimeMs).text}`;
  return lane.moved
    ? `${vmName} ran on ${fromName}, ${gap}, and runs on ${toName}`
    : `${vmName} ran on ${fromName} and has ${gap}`;
}
