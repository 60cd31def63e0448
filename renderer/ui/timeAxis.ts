import type { Series } from '../transport/series.ts';
import { formatMoment } from './format.ts';

const minuteMs = 60_000;

/** The time axis of a chart of live measurements: up to the newest, as far back as is worth drawing. */
export function timeAxisOf(series: Series): {
  readonly from: number;
  readonly to: number;
  readonly formatTime: (at: number) => string;
} {
  const to = series.latestAt ?? 0;
  // The marks of a short axis stand closer than a minute.
  const digits = series.windowMs <= 2 * minuteMs ? 'hh:mm:ss'.length : 'hh:mm'.length;
  return {
    from: to - series.windowMs,
    to,
    formatTime: (at) => formatMoment(at, to).text.slice(0, digits),
  };
}

/** The heading of such charts. */
export const loadTitle = (series: Series): string => `Load, last ${series.windowMs / minuteMs} minutes`;
