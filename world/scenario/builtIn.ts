import { DroverError } from '#shared/contract/errors.ts';
import type { Scenario } from './scenario.ts';
import { twoServers } from './twoServers.ts';

const scenarios: readonly Scenario[] = [twoServers];

export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

/** @throws DroverError `scenario-unknown`, which lists the names there are */
export function builtInScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new DroverError({
    code: 'scenario-unknown',
    tried: `Start a simulated cluster of the scenario ${name}`,
    cause: 'there is none of that name',
    next: `Choose one of: ${scenarioNames.join(', ')}`,
  });
}
