import type { MigrationRound } from '#shared/model/migration.ts';
import type { Task } from '#shared/model/task.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { useWidth } from '../../ui/useWidth.ts';
import { GuestLanePicture } from './GuestLane.tsx';
import styles from './SixSteps.module.css';
import { barsOf, guestLane, type RoundBar, type Station, stationsOf } from './stations.ts';

const barHeight = 58;
const lineY = 96;
const radius = 11;
const pictureHeight = 196;

/**
 * The six steps of a live migration on one line. The third holds its rounds: what was sent hangs below, what the guest
 * dirtied meanwhile stands above, until little enough is left to stop the guest. Below, to scale, where the guest ran.
 */
export function SixSteps({
  task,
  fromName,
  toName,
  now,
}: {
  readonly task: Task;
  readonly fromName: string;
  readonly toName: string;
  readonly now: number;
}) {
  const [frame, measured] = useWidth<HTMLElement>();
  const width = Math.max(640, measured === 0 ? 960 : measured);
  const stations = stationsOf(task);
  const places = placesFor(width);
  const rounds = task.progress?.migration?.rounds ?? [];
  // A round can be over between two looks; each has its number all the same.
  const count = task.migration?.rounds ?? rounds.at(-1)?.round ?? 0;
  const { bars, mostSentBytes, mostDirtiedBytes } = barsOf(rounds, {
    from: places.barsFrom,
    to: places.barsTo,
    height: barHeight,
  });
  return (
    <figure ref={frame} className={styles.frame}>
      <svg
        width={width}
        height={pictureHeight}
        role="img"
        aria-label={`The six steps: ${describe(stations, count)}`}
      >
        <Track stations={stations} x={places.stations} />
        <Rounds
          bars={bars}
          count={count}
          from={places.barsFrom}
          mostSentBytes={mostSentBytes}
          mostDirtiedBytes={mostDirtiedBytes}
        />
        <line
          className={styles.stopLine}
          x1={places.stopLine}
          x2={places.stopLine}
          y1={26}
          y2={lineY + barHeight + 4}
        />
        <text x={places.stopLine} y={18} textAnchor="middle" className={styles.note}>
          guest stops
        </text>
        {stations.map((station, index) => (
          <StationMark key={station.station} station={station} x={places.stations[index] ?? 0} />
        ))}
      </svg>
      <GuestLanePicture
        lane={guestLane(task, now)}
        vmName={task.subject.vmName ?? 'The VM'}
        fromName={fromName}
        toName={toName}
        width={width}
        ended={task.finishedAt !== undefined}
      />
    </figure>
  );
}

/** The outer stations keep their distance; what a wider window gives goes to the rounds. */
function placesFor(width: number) {
  const step = width < 900 ? 84 : 104;
  const first = 44;
  const last = width - 44;
  const third = first + 2 * step;
  const fourth = last - 2 * step;
  return {
    stations: [first, first + step, third, fourth, fourth + step, last],
    barsFrom: third + 48,
    barsTo: fourth - 72,
    stopLine: fourth - 52,
  };
}

function Track({ stations, x }: { readonly stations: readonly Station[]; readonly x: readonly number[] }) {
  return stations
    .slice(0, -1)
    .map((station, index) => (
      <line
        key={station.station}
        className={station.state === 'done' ? styles.trackDone : styles.track}
        x1={(x[index] ?? 0) + radius}
        x2={(x[index + 1] ?? 0) - radius}
        y1={lineY}
        y2={lineY}
      />
    ));
}

/** Nothing is labelled where nothing was copied. */
function Rounds({
  bars,
  count,
  from,
  mostSentBytes,
  mostDirtiedBytes,
}: {
  readonly bars: readonly RoundBar[];
  readonly count: number;
  readonly from: number;
  readonly mostSentBytes: number;
  readonly mostDirtiedBytes: number;
}) {
  if (bars.length === 0) return null;
  return (
    <g>
      <text x={from} y={18} className={styles.note}>
        <tspan className={styles.dirtiedText}>dirtied by the guest</tspan>
        {mostDirtiedBytes > 0 && <tspan>, at most {formatBytes(mostDirtiedBytes).text} a round</tspan>}
      </text>
      <text x={from} y={lineY + barHeight + 22} className={styles.note}>
        <tspan className={styles.sentText}>sent</tspan>
        <tspan>
          {' '}
          in {count === 1 ? '1 round' : `${count} rounds`}, at most {formatBytes(mostSentBytes).text} a round
        </tspan>
      </text>
      {bars.map((bar) => (
        <g key={bar.round.round}>
          <title>{roundTitle(bar.round)}</title>
          <rect className={styles.sent} x={bar.x} y={lineY + 3} width={bar.width} height={bar.sentHeight} />
          {bar.dirtiedHeight !== undefined && (
            <rect
              className={styles.dirtied}
              x={bar.x}
              y={lineY - 3 - bar.dirtiedHeight}
              width={bar.width}
              height={bar.dirtiedHeight}
            />
          )}
        </g>
      ))}
    </g>
  );
}

function StationMark({ station, x }: { readonly station: Station; readonly x: number }) {
  const time = station.durationMs === undefined ? undefined : formatDuration(station.durationMs);
  return (
    <g className={styles[station.state]}>
      <circle className={styles.disc} cx={x} cy={lineY} r={radius} />
      {station.state === 'done' && (
        <path className={styles.glyph} d={`M${x - 4.5} ${lineY + 0.5}l3.2 3 5.6-6.4`} />
      )}
      {station.state === 'failed' && (
        <path className={styles.glyph} d={`M${x - 3.5} ${lineY - 3.5}l7 7m0-7l-7 7`} />
      )}
      {station.state === 'undone' && (
        <path className={styles.glyph} d={`M${x + 4} ${lineY}h-8m3-3l-3 3 3 3`} />
      )}
      {(station.state === 'ahead' || station.state === 'now' || station.state === 'unknown') && (
        <text className={styles.number} x={x} y={lineY + 4} textAnchor="middle">
          {station.step}
        </text>
      )}
      <text className={styles.name} x={x} y={lineY + 32} textAnchor="middle">
        {station.name}
      </text>
      <text className={styles.time} x={x} y={lineY + 48} textAnchor="middle">
        {stationWord(station) ?? time?.text}
        {time !== undefined && <title>{time.exact}</title>}
      </text>
    </g>
  );
}

function stationWord(station: Station): string | undefined {
  if (station.state === 'now') return 'now';
  if (station.state === 'failed') return 'failed here';
  if (station.state === 'unknown') return 'not known';
  return station.state === 'undone' ? 'taken back' : undefined;
}

function roundTitle(round: MigrationRound): string {
  const dirtied =
    round.dirtiedBytes === undefined ? '' : `, ${formatBytes(round.dirtiedBytes).text} dirtied meanwhile`;
  return `Round ${round.round}: ${formatBytes(round.sentBytes).text} sent in ${formatDuration(round.durationMs).text}${dirtied}`;
}

function describe(stations: readonly Station[], rounds: number): string {
  const words = stations.map((station) => {
    const time = station.durationMs === undefined ? '' : ` in ${formatDuration(station.durationMs).text}`;
    const state = station.state === 'ahead' ? 'not begun' : (stationWord(station) ?? station.state);
    return `${station.step} ${station.name} ${state}${time}`;
  });
  return `${words.join(', ')}; ${rounds === 1 ? '1 round' : `${rounds} rounds`} of copying memory`;
}
