import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DroverError } from '#shared/contract/errors.ts';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { problemInWords } from '#shared/scenario/readScenario.ts';
import { scenarioJsonSchema } from '#shared/scenario/scenarioFile.ts';
import type { Output } from '../output.ts';
import { table } from '../output.ts';
import { parseSeed } from '../quantities.ts';

/** Of a file that is no scenario, as of words that are no command. */
const notUsable = 2;

/** Files of simulated clusters: none of these needs a data folder, a world or a network. */
export function scenarioCommands(
  program: Command,
  output: () => Output,
  setExit: (code: number) => void,
): void {
  const scenario = program.command('scenario').description('files that simulated clusters are made of');

  scenario
    .command('list')
    .description('those that come with Drover')
    .action(() => {
      output().result(
        builtInScenarios,
        table(
          ['name', 'title', 'hosts', 'VMs'],
          builtInScenarios.map(({ name, title, hosts, vms }) => [name, title, String(hosts), String(vms)]),
        ),
      );
    });

  scenario
    .command('new')
    .description('write a file to begin with; one that is there is not overwritten')
    .argument('<file>', 'such as my-cluster.yaml')
    .option('--from <name>', 'begin with one that comes with Drover ("drover scenario list")')
    .action(async (file: string, { from }: { readonly from?: string }) => {
      const { builtInText, starterText } = await import('../../../world/scenario/builtIn.ts');
      const { text } = from === undefined ? starterText() : builtInText(from);
      writeNew(file, text);
      output().result(
        { file, from: from ?? 'starter' },
        `${file} written. "drover scenario check ${file}" tells whether it is right, "drover cluster add sim:${asPath(file)}" starts it, "drover simulate ${asPath(file)}" reckons it through.`,
      );
    });

  scenario
    .command('check')
    .description('whether a file is a scenario; if not, the lines that are wrong, fifty at a time')
    .argument('<file>', "a scenario's file")
    .option('--seed <number>', 'the one that places and sizes are drawn with', parseSeed, 1)
    .action(async (file: string, { seed }: { readonly seed: number }) => {
      const { scenarioAt, tryScenario } = await import('../../../world/scenario/openScenario.ts');
      const tried = tryScenario(scenarioAt(file), seed);
      if ('problems' in tried) {
        const { problems } = tried;
        setExit(notUsable);
        output().result(
          { file, problems },
          problems.map((each) => `${file}: ${problemInWords(each)}`).join('\n'),
        );
        return;
      }
      const { name, title, hosts, vms, pools, timeline } = tried.scenario;
      const running = vms.filter((vm) => vm.running).length;
      output().result(
        { file, problems: [], name, title, hosts: hosts.length, vms: vms.length, running },
        `${file} is right: ${title} (${name}), ${counted(hosts.length, 'host')}, ${counted(vms.length, 'VM')} of which ${running} run at first, ${counted(pools.length, 'storage pool')}, ${counted(timeline.length, 'event')}.`,
      );
    });

  scenario
    .command('schema')
    .description('the JSON Schema that editors check such files with')
    .action(() => {
      const schema = scenarioJsonSchema();
      output().result(schema, JSON.stringify(schema, undefined, 2));
    });
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const asPath = (file: string): string => (/[/\\]/.test(file) ? file : `./${file}`);

function writeNew(file: string, text: string): void {
  if (!/\.ya?ml$/i.test(file)) {
    throw new DroverError({
      code: 'input-unusable',
      tried: `Write the scenario ${file}`,
      cause: 'a scenario is told from other things by the end of its name',
      next: `Call it ${file}.yaml`,
    });
  }
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (thrown) {
    const isThere = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
    throw new DroverError({
      code: isThere ? 'already-exists' : 'input-unusable',
      tried: `Write the scenario ${file}`,
      cause: isThere ? 'there is a file of that name, which is not overwritten' : wordsOf(thrown),
      next: isThere ? 'Choose another name' : 'Check the folder and its rights',
      source: thrown,
    });
  }
}

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
