import { useId } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, Tooltip, XAxis, YAxis } from 'recharts';
import type { Point } from '../transport/series.ts';
import { joinPoints, lastMeasured, timeTicks } from './chartData.ts';
import type { Scale } from './scales.ts';
import styles from './TimeChart.module.css';
import { useWidth } from './useWidth.ts';

export interface ChartLine {
  readonly key: string;
  readonly name: string;
  /** A CSS colour, one of the series of app.css. */
  readonly colour: string;
  readonly points: readonly Point[];
}

export interface TimeChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly scale: Scale;
  /** Top of the y axis, where a total is known; a round number above the greatest value otherwise. The bottom is zero. */
  readonly max?: number | undefined;
  readonly limits?: readonly { readonly value: number; readonly name: string }[];
  /** Wall clock or elapsed, milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly formatTime: (at: number) => string;
  /** Charts of one page with the same group share their crosshair. */
  readonly group?: string;
  readonly height?: number;
}

const margin = { top: 8, right: 76, bottom: 0, left: 0 };

/** Every chart of the console: from zero, gaps open, the last value printed at the end of its line, no animation. */
export function TimeChart({ height = 120, ...props }: TimeChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const titleId = useId();
  const summary = props.lines.map((line) => {
    const last = lastMeasured(line.points);
    return `${line.name} ${last === undefined ? 'not measured' : props.scale.format(last.value).text}`;
  });
  return (
    <figure className={styles.figure} aria-labelledby={titleId}>
      <figcaption className={styles.caption} id={titleId}>
        <span>{props.title}</span>
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
      <div ref={frame} style={{ height }} aria-hidden="true">
        {width > 0 && <Drawing {...props} width={width} height={height} />}
      </div>
    </figure>
  );
}

function Drawing(
  props: Omit<TimeChartProps, 'height'> & { readonly width: number; readonly height: number },
) {
  const { lines, from, to, formatTime } = props;
  const { format } = props.scale;
  const greatest = Math.max(0, ...lines.flatMap((line) => line.points.map((point) => point.value ?? 0)));
  const top = props.max ?? props.scale.top(greatest);
  const axis = { fontSize: 11, fill: 'var(--text-3)' };
  const ends = spread(
    lines.flatMap((line) => {
      const last = lastMeasured(line.points);
      return last === undefined ? [] : [{ line, ...last }];
    }),
    top * (13 / (props.height - 28)),
  );
  return (
    <LineChart
      width={props.width}
      height={props.height}
      data={joinPoints(lines)}
      margin={margin}
      accessibilityLayer={false}
      {...(props.group === undefined ? {} : { syncId: props.group, syncMethod: 'value' })}
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
        height={20}
      />
      <YAxis
        domain={[0, top]}
        ticks={[0, top / 2, top]}
        tickFormatter={(value: number) => (value === 0 ? '0' : format(value).text)}
        tick={axis}
        tickLine={false}
        axisLine={false}
        width={76}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--text-3)', strokeWidth: 1 }}
        content={({ active, payload, label }) =>
          active && typeof label === 'number' ? (
            <div className={styles.tip}>
              <span>{formatTime(label)}</span>
              {payload.map((entry) => (
                <strong key={String(entry.dataKey)}>
                  {lines.length > 1 ? `${entry.name}: ` : ''}
                  {typeof entry.value === 'number' ? format(entry.value).text : 'not measured'}
                </strong>
              ))}
            </div>
          ) : null
        }
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
      {lines.map((line) => (
        <Line
          key={line.key}
          dataKey={line.key}
          name={line.name}
          stroke={line.colour}
          strokeWidth={1.5}
          dot={false}
          activeDot={{ r: 3, strokeWidth: 0 }}
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
              offset={((value - labelAt) / top) * (props.height - 28)}
              text={format(value).text}
            />
          )}
        />
      ))}
    </LineChart>
  );
}

function EndLabel({
  box,
  offset,
  text,
}: {
  readonly box: unknown;
  readonly offset: number;
  readonly text: string;
}) {
  if (typeof box !== 'object' || box === null || !('x' in box) || !('y' in box)) return null;
  return (
    <text
      x={Number(box.x) + 11}
      y={Number(box.y) + offset + 6.5}
      fontSize={11}
      fontWeight={600}
      fill="var(--text)"
    >
      {text}
    </text>
  );
}

interface End {
  readonly line: ChartLine;
  readonly at: number;
  readonly value: number;
}

/** Labels of lines that end close together are pushed apart, the lower ones down. */
function spread(ends: readonly End[], apart: number): readonly (End & { readonly labelAt: number })[] {
  let above = Number.POSITIVE_INFINITY;
  return [...ends]
    .sort((a, b) => b.value - a.value)
    .map((end) => {
      const labelAt = Math.min(end.value, above - apart);
      above = labelAt;
      return { ...end, labelAt };
    });
}
