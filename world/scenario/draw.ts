import type { NameOrDrawn, NumberOrDrawn } from '#shared/scenario/quantities.ts';
import { noise, noiseBetween, streamOf } from '../physics/random.ts';

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Draws for one VM: by the seed and its name, so that a VM more changes no other. */
export interface Draws {
  /** A normal one is cut at these. */
  number(what: string, from: NumberOrDrawn, bounds: Bounds): number;
  name(what: string, from: NameOrDrawn): string;
  /** 0 <= number < 1. */
  chance(what: string): number;
}

const mostDeviations = 4;

export function drawsFor(seed: number, vm: string): Draws {
  const stream = (what: string) => streamOf(seed, `${vm} ${what}`);
  return {
    chance: (what) => noise(stream(what), 0),
    name: (what, from) =>
      typeof from === 'string' ? from : chosen(from.oneOf, from.weights, noise(stream(what), 0)),
    number(what, from, { least, most }) {
      if (typeof from === 'number') return from;
      if ('oneOf' in from) return chosen(from.oneOf, from.weights, noise(stream(what), 0));
      if ('between' in from) return noiseBetween(stream(what), 0, from.between[0], from.between[1]);
      const { mean, deviation } = from.normal;
      return Math.min(most, Math.max(least, mean + deviation * normal(stream(what))));
    },
  };
}

/** Box and Muller's, of two even numbers. */
function normal(stream: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - noise(stream, 0)));
  const value = radius * Math.cos(2 * Math.PI * noise(stream, 1));
  return Math.max(-mostDeviations, Math.min(mostDeviations, value));
}

function chosen<T>(from: readonly T[], weights: readonly number[] | undefined, at: number): T {
  const each = weights ?? from.map(() => 1);
  let left = at * each.reduce((sum, weight) => sum + weight, 0);
  let last: T | undefined;
  for (const [index, choice] of from.entries()) {
    const weight = each[index] ?? 0;
    if (weight <= 0) continue;
    last = choice;
    left -= weight;
    if (left < 0) return choice;
  }
  if (last === undefined) throw new Error('nothing to choose from, which was checked');
  return last;
}
