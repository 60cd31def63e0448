import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DroverError } from '#shared/contract/errors.ts';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { openScenario, type ScenarioText, scenarioAt } from './openScenario.ts';
import type { Scenario } from './scenario.ts';

const folder = scenarioFolder(import.meta.dirname);

/** The nearest above: programs are built into folders of several depths. */
function scenarioFolder(from: string): string {
  const here = join(from, 'resources', 'scenarios');
  const above = dirname(from);
  return existsSync(here) || above === from ? here : scenarioFolder(above);
}

export const scenarioNames: readonly string[] = builtInScenarios.map(({ name }) => name);

/** @throws DroverError `scenario-unknown`, which lists the names there are */
export function builtInText(name: string): ScenarioText {
  if (scenarioNames.includes(name)) {
    return { name, text: readFileSync(join(folder, `${name}.yaml`), 'utf8'), folder };
  }
  throw new DroverError({
    code: 'scenario-unknown',
    tried: `Start a simulated cluster of the scenario ${name}`,
    cause: 'there is none of that name',
    next: `Choose one of: ${scenarioNames.join(', ')}`,
  });
}

/** A file where it looks like one, else one that is built in. @throws DroverError `not-found`, `scenario-unknown` */
export function scenarioNamed(word: string): ScenarioText {
  return /[/\\]|\.ya?ml$/i.test(word) ? scenarioAt(word) : builtInText(word);
}

/** A file with a word on every part, to begin one's own with. */
export function starterText(): ScenarioText {
  return { name: 'starter', text: readFileSync(join(folder, 'starter.yaml'), 'utf8'), folder };
}

/** @throws DroverError `scenario-unknown` */
export function builtInScenario(name: string, seed = 1): Scenario {
  return openScenario(builtInText(name), seed).scenario;
}
