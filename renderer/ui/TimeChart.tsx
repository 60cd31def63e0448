import { memo, useId } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceDot,
  ReferenceLine,
  XAxis,
  YAxis,
} from 'recharts';
import { ChartCrosshair } from './ChartCrosshair.tsx';
import { chartRows, lastMeasured, showsTheSame, spreadEnds, timeTicks, topOf } from './chartData.ts';
import styles from './TimeChart.module.css';
import { plotRoom, type TimeChartProps } from './timeChartTypes.ts';
import { useWidth } from './useWidth.ts';

export type { ChartEvent, ChartLine, ChartPoint, TimeChartProps } from './timeChartTypes.ts';

/** Nobody sees more of a line. */
const pixelsARow = 2;
const fewestRows = 120;
/** Pixels. What is measured seldom ends a little before the rest. */
const nearEnd = 40;
const margin = { top: plotRoom.top, right: plotRoom.right, bottom: 0, left: 0 };

/**
 * Every chart of the console: from zero, gaps open, the last value printed at the end of its line, a pale band where a
 * point stands for a while and has its least and greatest, no animation. The crosshair lies over it, so that moving it
 * draws no chart anew.
 */
export function TimeChart({ height = 120, ...props }: TimeChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const ownGroup = useId();
  const summary = props.lines.map((line) => {
    const last = lastMeasured(line.points);
    return `${line.name} ${last === undefined ? 'not measured' : props.scale.format(last.value).text}`;
  });
  return (
    <figure className={styles.figure} aria-labelledby={titleId}>
      <figcaption className={styles.caption} id={titleId}>
        <span>{props.title}</span>
        {props.note !== undefined && <span className={styles.note}>{props.note}</span>}
        <span className="visually-hidden">: now {summary.join(', ')}</span>
        {props.lines.length > 1 && (
          <span className={styles.key} aria-hidden="true">
            {props.lines.map((line) => (
              <span key={line.key}>
                <i style={{ background: line.colour }} />
                {line.name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div ref={frame} className={styles.frame} style={{ height }}>
        {width > 0 && (
          <>
            <div aria-hidden="true">
              <Drawing {...props} width={width} height={height} />
            </div>
            <ChartCrosshair {...props} group={props.group ?? ownGroup} width={width} height={height} />
          </>
        )}
      </div>
    </figure>
  );
}

type DrawingProps = Omit<TimeChartProps, 'height'> & { readonly width: number; readonly height: number };

/** Drawing is dear, and what surrounds a chart changes more often than what it shows. */
const Drawing = memo(DrawingNow, (before, after) => {
  return (
    before.width === after.width &&
    before.height === after.height &&
    before.scale === after.scale &&
    before.max === after.max &&
    before.limits === after.limits &&
    showsTheSame(before, after)
  );
});

function DrawingNow(props: DrawingProps) {
  const { lines, from, to, formatTime } = props;
  const { format } = props.scale;
  const top = topOf(props);
  const axis = { fontSize: 11, fill: 'var(--text-3)' };
  const drawnHeight = props.height - plotRoom.top - plotRoom.bottom;
  const ends = spreadEnds(lines, top * (13 / drawnHeight));
  return (
    <ComposedChart
      width={props.width}
      height={props.height}
      data={chartRows(
        lines,
        Math.max(fewestRows, (props.width - plotRoom.left - plotRoom.right) / pixelsARow),
      )}
      margin={margin}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="at"
        type="number"
        domain={[from, to]}
        allowDataOverflow
        ticks={timeTicks(from, to)}
        tickFormatter={formatTime}
        tick={axis}
        tickLine={{ stroke: 'var(--line-strong)' }}
        axisLine={{ stroke: 'var(--line-strong)' }}
        height={plotRoom.bottom}
      />
      <YAxis
        domain={[0, top]}
        ticks={[0, top / 2, top]}
        tickFormatter={(value: number) => (value === 0 ? '0' : format(value).text)}
        tick={axis}
        tickLine={false}
        axisLine={false}
        width={plotRoom.left}
      />
      {props.limits?.map((limit) => (
        <ReferenceLine
          key={limit.name}
          y={limit.value}
          stroke="var(--bad)"
          strokeWidth={1}
          strokeOpacity={0.7}
        />
      ))}
      {lines
        .filter((line) => line.points.some(({ greatest }) => typeof greatest === 'number'))
        .map((line) => (
          <Area
            key={`${line.key} band`}
            dataKey={`${line.key} band`}
            fill={line.colour}
            fillOpacity={0.2}
            stroke="none"
            dot={false}
            activeDot={false}
            connectNulls={false}
            isAnimationActive={false}
            type="linear"
          />
        ))}
      {lines.map((line) => (
        <Line
          key={line.key}
          dataKey={line.key}
          name={line.name}
          stroke={line.colour}
          strokeWidth={1.5}
          dot={false}
          activeDot={false}
          connectNulls={false}
          isAnimationActive={false}
          type="linear"
        />
      ))}
      {ends.map(({ line, at, value, labelAt }) => (
        <ReferenceDot
          key={line.key}
          x={at}
          y={value}
          r={2.5}
          fill={line.colour}
          stroke="none"
          ifOverflow="hidden"
          label={({ viewBox }: { readonly viewBox?: unknown }) => (
            <EndLabel
              box={viewBox}
              right={props.width - plotRoom.right}
              offset={((value - labelAt) / top) * drawnHeight}
              text={format(value).text}
            />
          )}
        />
      ))}
    </ComposedChart>
  );
}

function EndLabel({
  box,
  right,
  offset,
  text,
}: {
  readonly box: unknown;
  readonly right: number;
  readonly offset: number;
  readonly text: string;
}) {
  if (typeof box !== 'object' || box === null || !('x' in box) || !('y' in box)) return null;
  const x = Number(box.x);
  return (
    <text
      // Lines that end nearly at the plot's end have their labels below each other.
      x={(right - x < nearEnd ? right - 2.5 : x) + 11}
      y={Number(box.y) + offset + 6.5}
      fontSize={11}
      fontWeight={600}
      fill="var(--text)"
    >
      {text}
    </text>
  );
}
