import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { type ReactNode, useMemo } from 'react';
import type { Event } from '#shared/model/event.ts';
import type { HistorySubject } from '#shared/model/history.ts';
import type { ClusterId } from '#shared/model/ids.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useLive } from '../../transport/hooks.ts';
import { lastMeasured } from '../../ui/chartData.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatDateAndTime, formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { ReasonedButton } from '../../ui/ReasonedButton.tsx';
import { TimeChart, type TimeChartProps } from '../../ui/TimeChart.tsx';
import { useOrder } from '../../ui/useAsk.ts';
import { useViewState } from '../../ui/useViewState.ts';
import { type ChartDefinition, metricsOf } from './charts.ts';
import { download, fileName } from './download.ts';
import { EventList } from './EventList.tsx';
import { toCsv } from './exportCsv.ts';
import { toPng } from './exportPng.ts';
import styles from './LoadDashboard.module.css';
import { type Span, spanOf, spans } from './spans.ts';
import { toneOf, useClusterEvents } from './useClusterEvents.ts';
import { type Load, useLoad } from './useLoad.ts';

const minuteMs = 60_000;

export interface LoadDashboardProps {
  readonly subject: HistorySubject;
  readonly clusterId: ClusterId;
  /** Of the subject: "server-a". */
  readonly name: string;
  readonly charts: readonly ChartDefinition[];
  /** All there is to use; what was measured says it first. */
  readonly memoryMiB: number | undefined;
  /** Of what happened in the cluster, what belongs here. */
  readonly isAbout: (event: Event) => boolean;
  /** Below the charts, for the same window of time. */
  readonly children?: ReactNode;
}

/** Everything measured of one thing: small multiples that share crosshair, time axis and events, live or of a day. */
export function LoadDashboard(props: LoadDashboardProps) {
  const { subject, clusterId, name, charts, memoryMiB, isAbout, children } = props;
  const [spanKey, setSpan] = useViewState('span');
  const span = spanOf(spanKey);
  const metrics = useMemo(() => [...metricsOf(charts), ...totals(subject)], [charts, subject]);
  const load = useLoad(subject, clusterId, metrics, span);
  const simulated = useLive((model) => model.clusters.get(clusterId)?.simulated ?? false);
  const events = useClusterEvents(clusterId).filter(
    (event) => isAbout(event) && event.clusterAt >= load.from && event.clusterAt <= load.to,
  );
  const ticks = events.map((event) => ({ at: event.clusterAt, text: event.text, tone: toneOf(event) }));
  const drawn = charts.map((chart) =>
    asDrawn(chart, load, { memoryMiB, events: ticks, group: `${subject.kind} ${subject.id}` }),
  );
  const shownName = simulated ? `${name} (simulated)` : name;
  const exportPicture = useOrder(async () =>
    download(
      fileName(shownName, span.key, load.to, 'png'),
      await toPng(
        `Load of ${shownName}`,
        `${titleOf(load, span)}, until ${formatDateAndTime(load.to)}`,
        drawn,
      ),
    ),
  );
  const something = load.isEmpty ? refused(`Nothing was measured of ${name} in this time.`) : allowed;
  const exportTable = () =>
    download(
      fileName(shownName, span.key, load.to, 'csv'),
      new Blob([toCsv(load, charts)], { type: 'text/csv' }),
    );
  return (
    <div className={styles.dashboard}>
      <div className={styles.bar}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={span.key}
          aria-label={`Time shown of ${name}`}
          onChange={(_event, key: string | null) => {
            if (key !== null) setSpan(key === 'live' ? '' : key);
          }}
        >
          {spans.map((each) => (
            <ToggleButton key={each.key} value={each.key} aria-label={each.name}>
              {each.words}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <span className={styles.export}>
          <ReasonedButton
            variant="text"
            verdict={exportPicture.pending ? refused('The picture is being drawn.') : something}
            aria-label={`Export the charts of ${name} as PNG`}
            onClick={() => void exportPicture.run(undefined)}
          >
            PNG
          </ReasonedButton>
          <ReasonedButton
            variant="text"
            verdict={something}
            aria-label={`Export the measurements of ${name} as CSV`}
            onClick={exportTable}
          >
            CSV
          </ReasonedButton>
        </span>
      </div>
      {load.trouble !== undefined && <ErrorNotice error={load.trouble} />}
      {exportPicture.error !== undefined && <ErrorNotice error={exportPicture.error} />}
      <p className={styles.what}>{titleOf(load, span)}</p>
      {load.isEmpty && (
        <p className={styles.quiet}>
          {load.isLoading
            ? 'Reading history…'
            : `Nothing was measured of ${name} in this time. Lines appear with the next measurement.`}
        </p>
      )}
      <div className={styles.charts}>
        {drawn.map((chart) => (
          <TimeChart key={chart.title} {...chart} height={132} />
        ))}
      </div>
      {children}
      <EventList events={events} now={load.to} />
    </div>
  );
}

/** Not drawn, but needed for what is. */
const totals = ({ kind }: HistorySubject) => (kind === 'vm' ? [] : (['memoryTotalMiB'] as const));

function titleOf({ from, to, stepMs, isLoading, isEmpty }: Load, span: Span): string {
  if (span.key === 'live') return `Last ${formatDuration(to - from).text}, as measured`;
  if (isLoading || isEmpty) return `Last ${span.words}`;
  if (stepMs === 0) return `Last ${span.words}, as measured`;
  return `Last ${span.words}: means of ${formatDuration(stepMs).text}, pale bands from least to greatest`;
}

function asDrawn(
  chart: ChartDefinition,
  load: Load,
  more: {
    readonly memoryMiB: number | undefined;
    readonly events: TimeChartProps['events'];
    readonly group: string;
  },
): Omit<TimeChartProps, 'height'> {
  const lines = chart.lines.map((line) => ({ line, points: load.points(line.metric) }));
  const quiet = lines.filter(({ line, points }) => line.quiet === true && isQuiet(points));
  const memoryMiB = lastMeasured(load.points('memoryTotalMiB'))?.value ?? more.memoryMiB;
  const max = chart.max === 'memory' ? memoryMiB : chart.max;
  const notes = quiet.map(
    ({ line, points }) => `${line.name}: ${lastMeasured(points) === undefined ? 'not known' : 'none'}`,
  );
  const spanMs = load.to - load.from;
  return {
    title: chart.title,
    ...(notes.length === 0 ? {} : { note: notes.join(', ') }),
    scale: chart.scale,
    ...(max === undefined ? {} : { max }),
    from: load.from,
    to: load.to,
    formatTime: (at) => formatTimeOfDay(at, spanMs <= 2 * minuteMs ? 'seconds' : 'minutes'),
    formatMoment: formatDateAndTime,
    group: more.group,
    events: more.events,
    lines: lines
      .filter((each) => !quiet.includes(each))
      .map(({ line, points }) => ({ key: line.metric, name: line.name, colour: line.colour, points })),
  };
}

/** Zero all the time, or never measured. */
const isQuiet = (points: readonly { readonly value: number | null; readonly greatest?: number | null }[]) =>
  points.every(({ value, greatest }) => (greatest ?? value ?? 0) < 0.0005);
