import type { Point } from '../transport/series.ts';
import type { Scale } from './scales.ts';

/** A point that stands for a while has the least and the greatest of it, too: its peaks survive. */
export interface ChartPoint extends Point {
  readonly least?: number | null;
  readonly greatest?: number | null;
}

export interface ChartLine {
  readonly key: string;
  readonly name: string;
  /** A CSS colour, one of the series of app.css. */
  readonly colour: string;
  readonly points: readonly ChartPoint[];
}

/** A tick on the time axis. */
export interface ChartEvent {
  readonly at: number;
  readonly text: string;
  /** `bad` is told by its shape as well. */
  readonly tone: 'plain' | 'bad';
}

export interface TimeChartProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** What is not worth a line, in words: "stolen: none". */
  readonly note?: string | undefined;
  readonly scale: Scale;
  /** Top of the y axis, where a total is known; a round number above the greatest value otherwise. The bottom is zero. */
  readonly max?: number | undefined;
  readonly limits?: readonly { readonly value: number; readonly name: string }[];
  /** Wall clock or elapsed, milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly formatTime: (at: number) => string;
  /** The moment that is pointed at, more exactly than the axis has it. */
  readonly formatMoment?: ((at: number) => string) | undefined;
  /** Charts of one page with the same group share their crosshair. */
  readonly group?: string;
  readonly height?: number;
  readonly events?: readonly ChartEvent[] | undefined;
  /** Of many small charts none is worth a stop of the tab key: what they say is said beside them as well. */
  readonly stops?: boolean;
}

/** Room around the plot, as drawing, crosshair and picture have it. */
export const plotRoom = { top: 8, right: 76, bottom: 20, left: 76 } as const;
