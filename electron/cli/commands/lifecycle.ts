import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { DroverError } from '#shared/contract/errors.ts';
import { type VmAction, vmActionSchema } from '#shared/model/vmAction.ts';
import type { CommandContext, Run } from '../command.ts';
import { followTask, requireSuccess } from '../followTask.ts';
import { findHost, findVm } from '../names.ts';
import { parsePatience } from '../quantities.ts';
import { settledState } from '../session.ts';
import { type ActOptions, actOn, requireSomebodyToGoOn } from '../vmOrders.ts';

/** Verbs without a wish of their own: word, action, what `help` says. */
const plainVerbs = [
  ['start', 'start', 'start an inactive VM'],
  ['pause', 'pause', 'stop it from executing; its memory stays on the host'],
  ['resume', 'resume', 'let a paused VM run on; refused where it may run on another host'],
  ['suspend', 'suspend', "write its memory to its host's disk and end it; restore goes on from there"],
  ['restore', 'restore', 'go on from the memory that suspend wrote'],
  ['discard', 'discard', 'drop the memory that suspend wrote; the VM is inactive then'],
  ['force-off', 'force-off', 'pull its plug; the guest is not asked'],
  ['reboot', 'reboot', 'ask its guest to start anew, and wait until it has'],
  ['reset', 'reset', 'press its reset button; the guest is not asked'],
  ['undefine', 'undefine', 'remove its definition and saved memory; its disks stay'],
] as const;

const vmHint = 'name, HOST/name or UUID';

/** `drover vm VERB`: everything an operator does to a VM but moving it. */
export function lifecycleCommands(vm: Command, run: Run): void {
  for (const [word, verb, says] of plainVerbs) {
    common(vm.command(word).description(says).argument('<vm...>', vmHint)).action(
      (names: readonly string[], options: ActOptions) =>
        run((context) => actOn(context, word, names, { verb }, options)),
    );
  }

  common(
    vm
      .command('shutdown')
      .description('ask its guest to shut down, and wait until it has')
      .argument('<vm...>', vmHint)
      .option('--patience <duration>', 'how long the guest is given, such as 90s or 5min', parsePatience, 120)
      .option('--then-force-off', 'pull its plug if it ignores that'),
  ).action(
    (
      names: readonly string[],
      options: ActOptions & { readonly patience: number; readonly thenForceOff?: boolean },
    ) => {
      const action = vmActionSchema.parse({
        verb: 'shut-down',
        patienceSeconds: options.patience,
        whenIgnored: options.thenForceOff === true ? 'force-off' : 'report',
      });
      return run((context) => actOn(context, 'shutdown', names, action, options));
    },
  );

  common(
    vm
      .command('rename')
      .description('give an inactive VM another name')
      .argument('<vm>', vmHint)
      .argument('<name>', 'the new one'),
  ).action((name: string, newName: string, options: ActOptions) =>
    run((context) => actOn(context, 'rename', [name], { verb: 'rename', name: newName }, options)),
  );

  common(
    vm
      .command('autostart')
      .description('whether it starts with its host')
      .argument('<vm>', vmHint)
      .argument('<on|off>', '', parseSwitch),
  ).action((name: string, on: boolean, options: ActOptions) => {
    const action: VmAction = { verb: 'autostart', on };
    return run((context) => actOn(context, 'autostart', [name], action, options));
  });

  common(
    vm
      .command('define')
      .description("a new VM from libvirt's domain XML; it is inactive afterwards")
      .argument('<file>', '- reads standard input')
      .requiredOption('--host <host>', 'where it is defined'),
  ).action((file: string, options: ActOptions & { readonly host: string }) =>
    run((context) => define(context, file, options)),
  );

  vm.command('xml')
    .description('its definition, as its host has it now')
    .argument('<vm>', vmHint)
    .option('--next', 'what it is next started with, where that differs')
    .action((name: string, { next }: { readonly next?: boolean }) =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client, terminal);
        const found = findVm(state, name, `Show the definition of VM ${name}`);
        const which = next === true ? 'inactive' : 'current';
        const { xml } = await session.client.vms.xml({ vmId: found.id, which });
        output.result({ vm: found.name, xml }, xml.trimEnd());
      }),
    );
}

function common(command: Command): Command {
  return command
    .option('--why <text>', 'kept with the task')
    .option('--detach', 'do not wait; needs a running desktop app or "drover serve"');
}

function parseSwitch(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('write on or off.');
}

async function define(
  { session, output, terminal, onInterrupt }: CommandContext,
  file: string,
  options: ActOptions & { readonly host: string },
): Promise<void> {
  const tried = `Define a VM from ${file === '-' ? 'standard input' : file}`;
  requireSomebodyToGoOn(session, tried, options);
  const xml = await readDefinition(file, tried);
  const host = findHost(await settledState(session.client, terminal), options.host, tried);
  const { taskId } = await session.client.vms.define({
    hostId: host.id,
    xml,
    ...(options.why === undefined ? {} : { why: options.why }),
  });
  if (options.detach === true) {
    output.result({ host: host.name, task: taskId }, `Task ${taskId} defines it on ${host.name}.`);
    return;
  }
  const task = requireSuccess(await followTask(session.client, taskId, output, onInterrupt));
  output.result(
    { vm: task.subject.vmName, host: host.name, state: 'inactive', task: taskId },
    task.outcome ?? task.title,
  );
}

async function readDefinition(file: string, tried: string): Promise<string> {
  try {
    return file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
  } catch (thrown) {
    throw new DroverError({
      code: 'input-unusable',
      tried,
      cause: `the file cannot be read (${thrown instanceof Error ? thrown.message : String(thrown)})`,
      next: 'Check its path',
    });
  }
}
