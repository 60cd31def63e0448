import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { smallScenario } from '#shared/scenario/testing/smallScenario.ts';
import { rules } from '../dispatch.ts';
import { domainCounters } from '../domains/describe.ts';
import { hostCountersOf } from '../hosts/telling.ts';
import { firstState } from '../state/firstState.ts';
import { World } from '../state/world.ts';
import { startedAt } from '../testing/testWorld.ts';
import { builtInText, starterText } from './builtIn.ts';
import { tryScenario } from './openScenario.ts';
import { scenarioSchema } from './scenario.ts';

const texts = [smallScenario, starterText().text, builtInText('two-servers').text];

/** What a person's slip, or an enemy's, may put in the place of anything. */
const oddValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e9,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.000_001,
  '',
  ' ',
  '-1',
  '1e9',
  'node',
  'shared',
  'constructor',
  '__proto__',
  '/',
  '/srv',
  '10min',
  '-5s',
  '1e99h',
  [],
  {},
  [[]],
  [null],
  { oneOf: [] },
  { between: [9, 1] },
  { normal: { mean: -5, deviation: 1e308 } },
  { kind: 'trace', trace: 'x' },
  'x'.repeat(5000),
];

function try_(text: string, seed = 1): void {
  const tried = tryScenario({ name: 'fuzz.yaml', text, folder: '/nowhere' }, seed);
  if ('problems' in tried) {
    expect(tried.problems.length).toBeGreaterThan(0);
    const lines = text.split('\n').length;
    for (const { line, column, reason } of tried.problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines + 1);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(reason).not.toBe('');
    }
    return;
  }
  // What is not refused is a cluster to the last of its parts, and runs.
  scenarioSchema.parse(tried.scenario);
  if (tried.scenario.vms.length > 1000) return;
  const world = new World(firstState(tried.scenario, seed, startedAt), tried.scenario, rules);
  world.runTo(world.now + 200_000);
  for (const host of world.hosts()) {
    for (const value of Object.values(hostCountersOf(world, host, 'full')))
      expect(value).toBeGreaterThanOrEqual(0);
    expect(domainCounters(world, host, 'full').length).toBeLessThanOrEqual(tried.scenario.vms.length);
  }
}

/** Every place in a value, as a path. */
function placesIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function put(value: unknown, path: readonly (string | number)[], odd: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return odd;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  Reflect.set(copy, key, put(Reflect.get(value, key), rest, odd));
  return copy;
}

describe('a scenario that was mutated', { timeout: 60_000 }, () => {
  it('by its text, is read or refused with a line, and never thrown over', () => {
    const text = fc.constantFrom(...texts);
    fc.assert(
      fc.property(
        text,
        fc.nat(),
        fc.nat(60),
        fc.string({ maxLength: 40, unit: 'grapheme' }),
        (whole, at, length, instead) => {
          const from = at % whole.length;
          try_(whole.slice(0, from) + instead + whole.slice(from + length));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('by its lines (left out, twice, swapped), likewise', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(), fc.nat(2), (whole, one, other, how) => {
        const lines = whole.split('\n');
        const [a, b] = [one % lines.length, other % lines.length];
        const [lineA = '', lineB = ''] = [lines[a], lines[b]];
        if (how === 0) lines.splice(a, 1);
        else if (how === 1) lines.splice(b, 0, lineA);
        else [lines[a], lines[b]] = [lineB, lineA];
        try_(lines.join('\n'));
      }),
      { numRuns: 200 },
    );
  });

  it('by a value in any place, likewise', () => {
    const values = texts.map((text) => {
      const value: unknown = parse(text);
      return { value, places: placesIn(value) };
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.nat(),
        fc.constantFrom(...oddValues),
        fc.nat(9),
        ({ value, places }, at, odd, seed) => {
          try_(stringify(put(value, places[at % places.length] ?? [], odd)), seed);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('however large it says it is, likewise', () => {
    for (const [from, to] of [
      ['count: 4', 'count: 100000'],
      ['count: 2,', 'count: 10000,'],
      ['count: 4', 'count: 1e308'],
      ['count: 4', 'count: 4.5'],
      ['cores: 0.5, steps', 'cores: 1024, steps'],
    ] as const) {
      try_(smallScenario.replace(from, to));
    }
  });
});
