import { parseArgs } from 'node:util';
import { DroverError } from '#shared/contract/errors.ts';
import { scenarioNamed, scenarioNames } from '../scenario/builtIn.ts';
import type { WorldProcessOptions } from './worldProcess.ts';

export const usage = `world --folder DIR --scenario NAME|FILE [--seed N] [--rate 1..600] [--linger SECONDS] [--start TIME]
Runs a simulated cluster until no console has been connected for a while. Scenarios: ${scenarioNames.join(', ')}, or a
file of one's own. What the folder keeps of an earlier start comes first.
  --folder   where it is kept; one world a folder
  --seed     a number: the same one gives the same world (default 1)
  --rate     simulated seconds for each real one (default: as it was, 1 at first)
  --linger   seconds without a console before it ends; what it was is kept (default 600)
  --start    what its clocks show at first, as in 2026-01-05T08:00:00Z (default: the present minute)`;

/**
 * What the program was called with; undefined where it was asked for help. `now`: what clocks show unless told.
 * @throws DroverError `input-unusable`
 */
export function readOptions(words: readonly string[], now: number): WorldProcessOptions | undefined {
  const values = readWords(words);
  if (values.help === true) return undefined;
  return {
    folder: values.folder ?? wrong('--folder is missing'),
    scenario: asScenario(values.scenario ?? wrong('--scenario is missing')),
    seed: wholeNumber('--seed', values.seed, 1, 0, 2 ** 32 - 1),
    lingerMs: wholeNumber('--linger', values.linger, 600, 0, 86_400 * 20) * 1000,
    startAt: startTime(values.start, now),
    ...(values.rate === undefined ? {} : { rate: wholeNumber('--rate', values.rate, 1, 1, 600) }),
  };
}

/** Looked for only where it is needed. */
const asScenario = (word: string) => () => scenarioNamed(word);

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: {
        folder: text,
        scenario: text,
        seed: text,
        rate: text,
        linger: text,
        start: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (thrown) {
    return wrong(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function wholeNumber(
  name: string,
  word: string | undefined,
  unlessGiven: number,
  least: number,
  most: number,
): number {
  if (word === undefined) return unlessGiven;
  const value = Number(word);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return wrong(`${name} takes a whole number from ${least} to ${most}, not ${word}`);
}

function startTime(word: string | undefined, now: number): number {
  const minuteMs = 60_000;
  if (word === undefined) return Math.floor(now / minuteMs) * minuteMs;
  const at = Date.parse(word);
  return Number.isNaN(at) ? wrong(`--start takes a time as in 2026-01-05T08:00:00Z, not ${word}`) : at;
}

function wrong(cause: string): never {
  throw new DroverError({
    code: 'input-unusable',
    tried: 'Start a simulated cluster',
    cause,
    next: 'Run it with --help to see what it takes',
  });
}
