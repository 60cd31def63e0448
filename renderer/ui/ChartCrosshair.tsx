import { type KeyboardEvent, type PointerEvent, useMemo } from 'react';
import { nearest } from './chartData.ts';
import { pointAt, useCrosshair } from './crosshair.ts';
import styles from './TimeChart.module.css';
import { type ChartEvent, type ChartLine, plotRoom, type TimeChartProps } from './timeChartTypes.ts';

type Props = Omit<TimeChartProps, 'height'> & {
  readonly group: string;
  readonly width: number;
  readonly height: number;
};

/** Ticks that would lie over each other are one. */
const tickApart = 7;
const farKeySteps = 10;

/** What lies over a chart: events on its time axis, and the crosshair that all charts of a group share. */
export function ChartCrosshair(props: Props) {
  const { group, from, to, width, lines, events = [], stops = true } = props;
  const at = useCrosshair(group);
  const plotWidth = Math.max(1, width - plotRoom.left - plotRoom.right);
  const span = Math.max(1, to - from);
  const xOf = (moment: number) => plotRoom.left + ((moment - from) / span) * plotWidth;
  const ticks = useMemo(
    () => gathered(events, from, to, (tickApart / plotWidth) * span),
    [events, from, to, plotWidth, span],
  );
  const shown = at === undefined || at < from || at > to ? undefined : at;
  const tick =
    shown === undefined ? undefined : ticks.find((each) => Math.abs(xOf(each.at) - xOf(shown)) <= tickApart);
  const said = shown === undefined ? undefined : readingOf(props, shown);

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - plotRoom.left;
    pointAt(group, from + (Math.min(plotWidth, Math.max(0, x)) / plotWidth) * span);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = movedBy(event, lines, at, from, to);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pointAt(group, next.at);
  };
  const keys = stops
    ? {
        role: 'slider',
        tabIndex: 0,
        'aria-label': `${props.title}: values at a moment`,
        'aria-valuemin': from,
        'aria-valuemax': to,
        'aria-valuenow': shown ?? to,
        'aria-valuetext':
          said === undefined
            ? 'Arrow keys move through time'
            : [said.moment, ...said.values.map(({ text }) => text), ...(tick?.texts ?? [])].join(', '),
        onKeyDown,
        onBlur: () => pointAt(group, undefined),
      }
    : { 'aria-hidden': true };
  return (
    // Pointing shows what the keys show as well; where it is no stop, the same is said beside it.
    <div
      {...keys}
      className={styles.over}
      onPointerMove={onPointerMove}
      onPointerLeave={() => pointAt(group, undefined)}
    >
      {ticks.map((each) => (
        <i
          key={each.at}
          className={styles.tick}
          data-tone={each.tone}
          title={each.texts.join('\n')}
          style={{ left: xOf(each.at), top: props.height - plotRoom.bottom }}
        />
      ))}
      {shown !== undefined && said !== undefined && (
        <>
          <i
            className={styles.hair}
            style={{ left: xOf(shown), top: plotRoom.top, bottom: plotRoom.bottom }}
          />
          <div
            className={styles.tip}
            style={xOf(shown) > width / 2 ? { right: width - xOf(shown) + 8 } : { left: xOf(shown) + 8 }}
          >
            <span>{said.moment}</span>
            {said.values.map(({ key, colour, text }) => (
              <strong key={key}>
                <i style={{ background: colour }} />
                {text}
              </strong>
            ))}
            {tick?.texts.slice(0, 3).map((text) => (
              <em key={text}>{text}</em>
            ))}
            {tick !== undefined && tick.texts.length > 3 && <em>and {tick.texts.length - 3} more</em>}
          </div>
        </>
      )}
    </div>
  );
}

interface Ticks {
  readonly at: number;
  readonly tone: ChartEvent['tone'];
  readonly texts: readonly string[];
}

function gathered(
  events: readonly ChartEvent[],
  from: number,
  to: number,
  apartMs: number,
): readonly Ticks[] {
  const ticks: Ticks[] = [];
  for (const event of events) {
    if (event.at < from || event.at > to) continue;
    const last = ticks.at(-1);
    if (last !== undefined && event.at - last.at < apartMs) {
      ticks[ticks.length - 1] = {
        at: last.at,
        tone: last.tone === 'bad' ? 'bad' : event.tone,
        texts: [...last.texts, event.text],
      };
    } else {
      ticks.push({ at: event.at, tone: event.tone, texts: [event.text] });
    }
  }
  return ticks;
}

function readingOf({ lines, scale, formatTime, formatMoment }: Props, at: number) {
  const values = lines.map(({ key, name, colour, points }) => {
    const point = nearest(points, at);
    const value = point?.value ?? undefined;
    const named = lines.length > 1 ? `${name} ` : '';
    if (value === undefined) return { key, colour, text: `${named}not measured` };
    const { text } = scale.format(value);
    const peak = point?.greatest;
    const most =
      typeof peak === 'number' && scale.format(peak).text !== text ? `, peak ${scale.format(peak).text}` : '';
    return { key, colour, text: `${named}${text}${most}` };
  });
  return { moment: (formatMoment ?? formatTime)(at), values };
}

/** Where a key moves the crosshair to; undefined where the key is none of ours. */
function movedBy(
  { key, shiftKey }: KeyboardEvent,
  lines: readonly ChartLine[],
  at: number | undefined,
  from: number,
  to: number,
): { readonly at: number | undefined } | undefined {
  const moments = (lines[0]?.points ?? [])
    .map((point) => point.at)
    .filter((each) => each >= from && each <= to);
  const last = moments.length - 1;
  const here = at === undefined ? last + 1 : moments.findLastIndex((each) => each <= at);
  const by = shiftKey ? farKeySteps : 1;
  const toMoment = (index: number) => ({ at: moments[Math.min(last, Math.max(0, index))] });
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return toMoment(here - by);
    case 'ArrowRight':
    case 'ArrowUp':
      return toMoment(here + by);
    case 'PageDown':
      return toMoment(here - farKeySteps);
    case 'PageUp':
      return toMoment(here + farKeySteps);
    case 'Home':
      return toMoment(0);
    case 'End':
      return toMoment(last);
    case 'Escape':
      return at === undefined ? undefined : { at: undefined };
    default:
      return undefined;
  }
}
