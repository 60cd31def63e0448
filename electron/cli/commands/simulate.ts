import type { Command } from 'commander';
import { millisecondsInWords } from '#shared/model/quantityWords.ts';
import type { Output } from '../output.ts';
import { parseHorizon, parseInterval, parseSeed } from '../quantities.ts';
import { simulationInWords } from '../simulationInWords.ts';
import { openWholeFile } from '../wholeFile.ts';

interface SimulateOptions {
  readonly until: number;
  readonly seed: number;
  readonly every?: number;
  readonly csv?: string;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Needs neither data folder nor world nor network: the engine runs in the command's own process, and is loaded here. */
export function simulateCommand(
  program: Command,
  run: (body: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>,
): void {
  const command = program
    .command('simulate')
    .description("reckon a scenario's cluster through, as fast as it can be done, and tell what it came to")
    .argument('<scenario>', "a scenario's file, or the name of one that comes with Drover")
    .option('--until <duration>', 'how much time passes in it, such as 90min, 24h or 7d', parseHorizon, dayMs)
    .option('--seed <number>', 'the same number gives the same result', parseSeed, 1)
    .option('--csv <file>', 'a row of every host and of all together, each interval')
    .option('--every <duration>', 'that interval; 60s where it is left out', parseInterval);
  command.action((word: string, options: SimulateOptions) => {
    if (options.every !== undefined && options.csv === undefined) {
      command.error('error: --every says how often a row is written, and --csv where: it is missing');
    }
    return run((output, signal) => simulateScenario(word, options, output, signal));
  });
}

async function simulateScenario(
  word: string,
  { until, seed, every = minuteMs, csv }: SimulateOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { scenarioNamed } = await import('../../../world/scenario/builtIn.ts');
  const { openScenario } = await import('../../../world/scenario/openScenario.ts');
  const { scenario } = openScenario(scenarioNamed(word), seed);
  const { simulate } = await import('../../../world/batch/simulate.ts');
  const { csvLine, seriesColumns } = await import('../../../world/batch/series.ts');
  const file = csv === undefined ? undefined : openWholeFile(csv);
  try {
    file?.write(`${csvLine(seriesColumns)}\n`);
    const result = await simulate({
      scenario,
      seed,
      forMs: until,
      signal,
      onProgress: (simulatedMs) =>
        output.status(`${millisecondsInWords(simulatedMs)} of ${millisecondsInWords(until)}`),
      ...(file === undefined
        ? {}
        : {
            series: {
              everyMs: every,
              take: (rows) => file.write(rows.map((row) => `${csvLine(row)}\n`).join('')),
            },
          }),
    });
    output.result(result, simulationInWords(result));
    file?.keep();
  } finally {
    file?.drop();
  }
}
