import type { MeasuredRun, Modelled } from './measured.ts';
import { median } from './median.ts';

export interface Compared {
  readonly real: MeasuredRun;
  readonly model: Modelled;
}

export interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly reached: string;
  readonly isMet: boolean;
}

export const off = (model: number, real: number): number => model / real - 1;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The aims of the simulator over real runs: error of time and bytes, synchronisations, downtime, convergence. */
export function score(rows: readonly Compared[]): readonly Aim[] {
  const through = rows.filter(({ real }) => real.totalMs !== undefined);
  const times = through.map(({ real, model }) => Math.abs(off(model.totalMs, real.totalMs ?? Number.NaN)));
  const bytes = rows.map(({ real, model }) => Math.abs(off(model.sentMiB, real.sentMiB)));
  const near = rows.filter(({ real, model }) => {
    const apart = Math.abs(model.synchronisations - real.synchronisations);
    return apart <= 1 || apart <= 0.15 * real.synchronisations;
  });
  const downtimes = through.filter(({ real, model }) => isNearDowntime(model.downtimeMs, real.downtimeMs));
  const wrong = rows.filter(
    ({ real, model }) =>
      model.judged !== 'uncertain' && (model.judged === 'yes') !== (real.totalMs !== undefined),
  );
  const uncertain = rows.filter(({ model }) => model.judged === 'uncertain');
  return [
    medianAim('median error of time', times),
    medianAim('median error of bytes', bytes),
    mostAim('time within 15 %', times),
    mostAim('bytes within 15 %', bytes),
    {
      what: 'synchronisations within one or 15 %',
      aim: 'four in five',
      reached: `${near.length} of ${rows.length}`,
      isMet: near.length >= 0.8 * rows.length,
    },
    {
      what: 'downtime within a factor of 2 or 30 ms',
      aim: 'all',
      reached: `${downtimes.length} of ${through.length}`,
      isMet: downtimes.length === through.length,
    },
    {
      what: 'convergence said right',
      aim: 'all, uncertain at most one in eight',
      reached: `${rows.length - wrong.length - uncertain.length} of ${rows.length}, ${uncertain.length} uncertain, ${wrong.length} wrong`,
      isMet: wrong.length === 0 && uncertain.length <= rows.length / 8,
    },
  ];
}

export function isNearDowntime(model: number, real: number): boolean {
  return Math.abs(model - real) <= 30 || (model <= 2 * real && real <= 2 * model);
}

function medianAim(what: string, errors: readonly number[]): Aim {
  const reached = median(errors);
  return { what, aim: 'under 5 %', reached: percent(reached), isMet: reached < 0.05 };
}

function mostAim(what: string, errors: readonly number[]): Aim {
  const within = errors.filter((error) => error < 0.15).length;
  return {
    what,
    aim: 'nine in ten',
    reached: `${within} of ${errors.length}`,
    isMet: within >= 0.9 * errors.length,
  };
}
