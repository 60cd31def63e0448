import type { Series } from '../transport/series.ts';
import { formatTimeOfDay } from './format.ts';

const minuteMs = 60_000;

/** The time axis of a chart of live measurements: up to the newest, as far back as is worth drawing. */
export function timeAxisOf(series: Series): {
  readonly from: number;
  readonly to: number;
  readonly formatTime: (at: number) => string;
} {
  const to = series.latestAt ?? 0;
  return {
    from: to - series.windowMs,
    to,
    // The marks of a short axis stand closer than a minute.
    formatTime: (at) => formatTimeOfDay(at, series.windowMs <= 2 * minuteMs ? 'seconds' : 'minutes'),
  };
}
