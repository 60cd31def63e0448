import { Command, CommanderError } from 'commander';
import { toDroverError } from '#shared/contract/client.ts';
import { DroverError, toErrorData } from '#shared/contract/errors.ts';
import { defaultDataFolder } from '../backend/dataFolder.ts';
import { droverVersion } from '../backend/version.ts';
import type { Run } from './command.ts';
import { clusterCommands } from './commands/clusters.ts';
import { hostCommands } from './commands/hosts.ts';
import { scenarioCommands } from './commands/scenarios.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { taskCommands } from './commands/tasks.ts';
import { vmCommands } from './commands/vms.ts';
import { interruptible, watchInterrupts } from './interrupts.ts';
import { createOutput, type Output, type UsageProblem } from './output.ts';
import { serve } from './serve.ts';
import { openSession } from './session.ts';
import { openTerminal } from './terminal.ts';

const done = 0;
const failed = 1;
const wrongUsage = 2;

function buildProgram(output: () => Output, setExit: (code: number) => void): Command {
  const program = new Command('drover')
    .description('Virtual clusters on ordinary KVM/libvirt hosts, over SSH.')
    .version(droverVersion)
    .option('--data <folder>', 'data folder', defaultDataFolder())
    .option('--json', 'one JSON value on standard output and nothing else', false)
    .showHelpAfterError('("drover help" lists the commands)')
    .configureOutput({ writeErr: (text) => process.stderr.write(text) })
    .exitOverride();
  const dataFolder = () => program.opts<{ readonly data: string }>().data;

  const interruptsOf = () =>
    watchInterrupts((reason) => {
      output().problem(reason.toData());
      process.exit(failed);
    });

  const run: Run = async (body) => {
    const interrupts = interruptsOf();
    try {
      const opened = await openSession(dataFolder());
      try {
        const { signal, on: onInterrupt } = interrupts;
        const session = { ...opened, client: interruptible(opened.client, signal) };
        const terminal = openTerminal(signal);
        const fail = () => setExit(failed);
        await interrupts.orInterrupted(body({ session, output: output(), terminal, onInterrupt, fail }));
      } finally {
        await opened.close();
      }
    } finally {
      interrupts.end();
    }
  };
  clusterCommands(program, run);
  hostCommands(program, run);
  vmCommands(program, run);
  taskCommands(program, run);
  scenarioCommands(program, output, setExit);
  simulateCommand(program, async (body) => {
    const interrupts = interruptsOf();
    try {
      await body(output(), interrupts.signal);
    } finally {
      interrupts.end();
    }
  });
  serveCommand(program, async (port) => {
    await serve(dataFolder(), port, output(), interrupted());
    setExit(done);
  });
  inherit(program);
  return program;
}

/**
 * `--json` and `--data` may stand anywhere; errors of sub-commands are thrown like the program's own. Whoever named the
 * verb and not what it takes is told how it is called.
 */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride();
    child.copyInheritedSettings(command);
    if (child.commands.length === 0)
      child.showHelpAfterError(`Usage: ${child.createHelp().commandUsage(child)}`);
    inherit(child);
  }
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Options of the whole program are taken out first, so that they may stand before or after the verb. */
function hoist(argv: readonly string[]): readonly string[] {
  const front: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      rest.push(...argv.slice(index));
      break;
    }
    if (word === '--json' || word.startsWith('--data=')) front.push(word);
    else if (word === '--data' && index + 1 < argv.length) front.push(word, argv[(index += 1)] ?? '');
    else rest.push(word);
  }
  return [...front, ...rest];
}

async function main(argv: readonly string[]): Promise<number> {
  const words = hoist(argv);
  const output = createOutput(words.includes('--json'), { stdout: process.stdout, stderr: process.stderr });
  let exit = done;
  try {
    await buildProgram(
      () => output,
      (code) => {
        exit = code;
      },
    ).parseAsync([...words], { from: 'user' });
    return exit;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return done;
      if (output.json) output.problem(usageProblem(thrown));
      return wrongUsage;
    }
    const error = isExpected(thrown) ? toDroverError(thrown).toData() : toErrorData(thrown);
    output.problem(error);
    return error.code === 'scenario-unusable' ? wrongUsage : failed;
  }
}

/** Words that stop short of a verb are answered with the list of verbs, for which commander's message is a mark. */
function usageProblem(error: CommanderError): UsageProblem {
  return error.code === 'commander.help'
    ? { code: 'usage', message: 'The words name no command.', next: '"drover help" lists them' }
    : {
        code: 'usage',
        message: error.message.replace(/^error: /, ''),
        next: 'Add --help to the command for what it takes',
      };
}

function isExpected(thrown: unknown): boolean {
  return thrown instanceof DroverError || (thrown instanceof Error && 'data' in thrown);
}

process.exitCode = await main(process.argv.slice(2));
