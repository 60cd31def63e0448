import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DroverError } from '#shared/contract/errors.ts';
import { readScenario, type ScenarioProblem } from '#shared/scenario/readScenario.ts';
import type { ScenarioFile } from '#shared/scenario/scenarioFile.ts';
import { scenarioUnusable } from '#shared/scenario/scenarioUnusable.ts';
import { expandScenario } from './expandScenario.ts';
import type { Scenario } from './scenario.ts';
import { type LoadedTraces, loadTraces } from './traces.ts';

/** A scenario as a person wrote it. */
export interface ScenarioText {
  /** As messages name it: a path, or the name of one that is built in. */
  readonly name: string;
  readonly text: string;
  /** Where paths of traces begin. */
  readonly folder: string;
  /** As they were read when the world was made; they are not looked for again. */
  readonly traces?: LoadedTraces;
}

export interface OpenScenario {
  readonly file: ScenarioFile;
  readonly traces: LoadedTraces;
  readonly scenario: Scenario;
}

/** @throws DroverError `not-found` where it cannot be read */
export function scenarioAt(path: string): ScenarioText {
  const whole = resolve(path);
  try {
    return { name: path, text: readFileSync(whole, 'utf8'), folder: dirname(whole) };
  } catch (thrown) {
    throw new DroverError({
      code: 'not-found',
      tried: `Read the scenario ${path}`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      next: 'Check the path; "drover scenario new FILE" writes one to begin with',
      source: thrown,
    });
  }
}

/** Everything that is wrong with it, with lines; or the cluster that it makes with this seed. */
export function tryScenario(
  { text, folder, traces: kept }: ScenarioText,
  seed: number,
): OpenScenario | { readonly problems: readonly ScenarioProblem[] } {
  const read = readScenario(text);
  if ('problems' in read) return read;
  const { file, locate } = read;
  const loaded = kept === undefined ? loadTraces(file, folder, seed) : { traces: kept, faults: [] };
  if (loaded.faults.length > 0) return { problems: locate(loaded.faults) };
  const { scenario, faults } = expandScenario(file, loaded.traces, seed);
  return faults.length > 0 ? { problems: locate(faults) } : { file, traces: loaded.traces, scenario };
}

/** @throws DroverError `scenario-unusable` with the first line that is wrong */
export function openScenario(from: ScenarioText, seed: number): OpenScenario {
  const opened = tryScenario(from, seed);
  if (!('problems' in opened)) return opened;
  throw scenarioUnusable(from.name, opened.problems);
}
