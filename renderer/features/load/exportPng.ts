import { spreadEnds, timeTicks, topOf } from '../../ui/chartData.ts';
import type { ChartPoint, TimeChartProps } from '../../ui/TimeChart.tsx';
import { plotRoom } from '../../ui/timeChartTypes.ts';

const width = 720;
const chartHeight = 190;
const captionHeight = 26;
const headHeight = 56;
const edge = 20;
/** Sharp on paper and on dense screens. */
const scale = 2;

/** The charts as a picture, drawn anew from the same data in the colours of the theme: two beside each other. */
export async function toPng(
  title: string,
  subtitle: string,
  charts: readonly Omit<TimeChartProps, 'height'>[],
): Promise<Blob> {
  const perRow = charts.length > 1 ? 2 : 1;
  const rows = Math.ceil(charts.length / perRow);
  const canvas = document.createElement('canvas');
  canvas.width = (edge + (width + edge) * perRow) * scale;
  canvas.height = (headHeight + rows * (captionHeight + chartHeight + edge) + edge) * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures');
  const styles = getComputedStyle(document.documentElement);
  const colour = (value: string) => {
    const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    return name === undefined ? value : styles.getPropertyValue(name).trim();
  };
  context.scale(scale, scale);
  context.fillStyle = colour('var(--surface)');
  context.fillRect(0, 0, canvas.width, canvas.height);
  const pen = new Pen(context, colour, getComputedStyle(document.body).fontFamily);
  pen.text(title, edge, 28, { size: 16, weight: 600, colour: 'var(--text)' });
  pen.text(subtitle, edge, 46, { size: 12, colour: 'var(--text-2)' });
  for (const [index, chart] of charts.entries()) {
    const left = edge + (index % perRow) * (width + edge);
    const top = headHeight + Math.floor(index / perRow) * (captionHeight + chartHeight + edge);
    drawChart(pen, chart, left, top);
  }
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) =>
      blob === null ? reject(new Error('The picture could not be made')) : resolve(blob),
    );
  });
}

interface TextStyle {
  readonly size: number;
  readonly weight?: number;
  readonly colour: string;
  readonly align?: CanvasTextAlign;
}

class Pen {
  readonly context: CanvasRenderingContext2D;
  readonly colour: (value: string) => string;
  readonly #family: string;

  constructor(context: CanvasRenderingContext2D, colour: (value: string) => string, family: string) {
    this.context = context;
    this.colour = colour;
    this.#family = family;
  }

  text(text: string, x: number, y: number, style: TextStyle): number {
    const { context } = this;
    context.font = `${style.weight ?? 400} ${style.size}px ${this.#family}`;
    context.fillStyle = this.colour(style.colour);
    context.textAlign = style.align ?? 'left';
    context.fillText(text, x, y);
    return context.measureText(text).width;
  }

  line(points: readonly (readonly [number, number])[], colour: string, thickness: number): void {
    const { context } = this;
    context.strokeStyle = this.colour(colour);
    context.lineWidth = thickness;
    context.beginPath();
    for (const [index, [x, y]] of points.entries()) {
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  }

  area(points: readonly (readonly [number, number])[], colour: string): void {
    const { context } = this;
    context.fillStyle = this.colour(colour);
    context.globalAlpha = 0.2;
    context.beginPath();
    for (const [index, [x, y]] of points.entries()) {
      if (index === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.closePath();
    context.fill();
    context.globalAlpha = 1;
  }
}

function drawChart(pen: Pen, chart: Omit<TimeChartProps, 'height'>, left: number, top: number): void {
  const { lines, from, to, scale: quantity, formatTime, events = [] } = chart;
  const plot = {
    left: left + plotRoom.left,
    right: left + width - plotRoom.right,
    top: top + captionHeight + plotRoom.top,
    bottom: top + captionHeight + chartHeight - plotRoom.bottom,
  };
  const ceiling = topOf(chart);
  const x = (at: number) => plot.left + ((at - from) / Math.max(1, to - from)) * (plot.right - plot.left);
  const y = (value: number) =>
    plot.bottom - (Math.min(ceiling, Math.max(0, value)) / ceiling) * (plot.bottom - plot.top);
  pen.text(chart.title, left, top + 16, { size: 13, weight: 600, colour: 'var(--text)' });
  let keyAt = left + width;
  for (const line of lines.toReversed()) {
    keyAt -= pen.text(line.name, keyAt, top + 16, { size: 12, colour: 'var(--text-2)', align: 'right' }) + 16;
    pen.line(
      [
        [keyAt, top + 12],
        [keyAt + 11, top + 12],
      ],
      line.colour,
      2,
    );
    keyAt -= 14;
  }
  for (const value of [0, ceiling / 2, ceiling]) {
    pen.line(
      [
        [plot.left, y(value)],
        [plot.right, y(value)],
      ],
      value === 0 ? 'var(--line-strong)' : 'var(--line)',
      1,
    );
    const text = value === 0 ? '0' : quantity.format(value).text;
    pen.text(text, plot.left - 8, y(value) + 4, { size: 11, colour: 'var(--text-3)', align: 'right' });
  }
  for (const at of timeTicks(from, to))
    pen.text(formatTime(at), x(at), plot.bottom + 15, { size: 11, colour: 'var(--text-3)', align: 'center' });
  for (const { at, tone } of events) {
    if (at < from || at > to) continue;
    const colour = tone === 'bad' ? 'var(--bad)' : 'var(--text-2)';
    pen.line(
      [
        [x(at), plot.bottom - 3],
        [x(at), plot.bottom + 4],
      ],
      colour,
      tone === 'bad' ? 4 : 2,
    );
  }
  for (const { points, colour } of lines) {
    for (const run of runsOf(points, from, to)) {
      const band = run.flatMap(({ at, least, greatest }) =>
        typeof least === 'number' && typeof greatest === 'number' ? [{ at, least, greatest }] : [],
      );
      if (band.length > 1) {
        const upper = band.map(({ at, greatest }) => [x(at), y(greatest)] as const);
        const lower = band.map(({ at, least }) => [x(at), y(least)] as const).toReversed();
        pen.area([...upper, ...lower], colour);
      }
      pen.line(
        run.map(({ at, value }) => [x(at), y(value)] as const),
        colour,
        1.5,
      );
    }
  }
  for (const { at, value, labelAt } of spreadEnds(lines, (ceiling * 13) / (plot.bottom - plot.top))) {
    if (at < from) continue;
    pen.text(quantity.format(value).text, x(at) + 8, y(labelAt) + 4, {
      size: 11,
      weight: 600,
      colour: 'var(--text)',
    });
  }
}

type Measured = ChartPoint & { readonly value: number };

/** Pieces between gaps. */
function runsOf(points: readonly ChartPoint[], from: number, to: number): readonly (readonly Measured[])[] {
  const runs: Measured[][] = [[]];
  for (const point of points) {
    const { at, value } = point;
    if (at < from || at > to) continue;
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ ...point, value });
  }
  return runs.filter((run) => run.length > 0);
}
