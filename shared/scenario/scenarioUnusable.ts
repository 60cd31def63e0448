import { DroverError } from '../contract/errors.ts';
import { problemInWords, type ScenarioProblem } from './readScenario.ts';

/** `name` as the person who wrote it calls it: a path, mostly. */
export function scenarioUnusable(name: string, problems: readonly ScenarioProblem[]): DroverError {
  const [first] = problems;
  const more = problems.length - 1;
  return new DroverError({
    code: 'scenario-unusable',
    tried: `Read the scenario ${name}`,
    cause: `${first === undefined ? 'it is none' : problemInWords(first)}${more > 0 ? ` (and ${more} more)` : ''}`,
    next: 'Mend it; "drover scenario check" lists what is wrong in a file',
    ...(first === undefined ? {} : { details: { line: first.line, column: first.column } }),
  });
}
