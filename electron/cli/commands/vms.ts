import type { Command } from 'commander';
import { byName } from '#shared/model/byName.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { bytesInWords, millisecondsInWords } from '#shared/model/quantityWords.ts';
import type { Task } from '#shared/model/task.ts';
import type { CommandContext, Run } from '../command.ts';
import { followTask, requireSuccess } from '../followTask.ts';
import { findHost, findVm, hostOf } from '../names.ts';
import { table } from '../output.ts';
import { parseBandwidth, parseDuration } from '../quantities.ts';
import { settledState } from '../session.ts';
import { requireSomebodyToGoOn } from '../vmOrders.ts';
import { consoleCommand } from './console.ts';
import { lifecycleCommands } from './lifecycle.ts';
import { vmForPrograms, vmShowCommands } from './vmShow.ts';

interface MigrateOptions {
  readonly to: string;
  readonly bandwidth?: number;
  readonly maxDowntime?: number;
  readonly copyStorage?: boolean;
  readonly autoConverge?: boolean;
  readonly postCopy?: boolean;
  readonly detach?: boolean;
  readonly why?: string;
  readonly plan?: boolean;
}

export function vmCommands(program: Command, run: Run): void {
  const vm = program.command('vm').description('virtual machines');

  vm.command('list')
    .description('every VM with its host and state')
    .action(() =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client, terminal);
        const vms = byName(state.vms);
        output.result(
          vms.map((each) => vmForPrograms(state, each)),
          vms.length === 0
            ? 'No VMs on the hosts that answer.'
            : table(
                ['name', 'host', 'state', 'vCPUs', 'memory'],
                vms.map((each) => [
                  each.name,
                  hostOf(state, each)?.name ?? '',
                  each.current ? each.state : `${each.state} (last known)`,
                  String(each.vcpus),
                  bytesInWords(each.memoryMiB * 1_048_576),
                ]),
              ),
        );
      }),
    );

  vmShowCommands(vm, run);

  vm.command('migrate')
    .description('move a running VM to another host, live')
    .argument('<vm>', 'name, HOST/name or UUID')
    .requiredOption('--to <host>', 'the destination')
    .option('--bandwidth <rate>', 'cap on the transfer, such as 50MiB/s', parseBandwidth)
    .option('--max-downtime <duration>', 'allowed downtime, such as 100ms', parseDuration)
    .option('--copy-storage', 'copy the disks too, where the hosts share no storage')
    .option('--auto-converge', 'slow the guest down if it dirties memory faster than it can be sent')
    .option('--post-copy', 'switch over early and fetch the rest afterwards, if it does not converge')
    .option('--why <text>', 'kept with the task')
    .option('--plan', 'show the plan and stop')
    .option('--detach', 'do not wait; needs a running desktop app or "drover serve"')
    .action((name: string, options: MigrateOptions) => run((context) => migrate(context, name, options)));

  lifecycleCommands(vm, run);
  consoleCommand(vm, run);
}

async function migrate(context: CommandContext, name: string, options: MigrateOptions): Promise<void> {
  const { session, output, terminal, onInterrupt } = context;
  const tried = `Migrate VM ${name} to ${options.to}`;
  requireSomebodyToGoOn(session, tried, options);
  const state = await settledState(session.client, terminal);
  const vm = findVm(state, name, tried);
  const to = findHost(state, options.to, tried);
  const from = hostOf(state, vm)?.name ?? vm.hostId;
  const request = {
    vmId: vm.id,
    toHostId: to.id,
    options: migrationOptionsSchema.parse({
      ...(options.bandwidth === undefined ? {} : { bandwidthMiBPerSecond: options.bandwidth }),
      ...(options.maxDowntime === undefined ? {} : { maxDowntimeMs: options.maxDowntime }),
      copyStorage: options.copyStorage ?? false,
      autoConverge: options.autoConverge ?? false,
      postCopy: options.postCopy ?? false,
    }),
  };
  if (options.plan === true) {
    const plan = await session.client.migrations.plan(request);
    const steps = plan.steps.map((step, index) => `  ${index}. ${step.title}: ${step.reason}`);
    output.result(plan, [plan.title, ...steps, ...plan.warnings.map((warning) => `! ${warning}`)].join('\n'));
    return;
  }
  const { taskId } = await session.client.migrations.start({
    request,
    ...(options.why === undefined ? {} : { why: options.why }),
  });
  if (options.detach === true) {
    output.result({ vm: vm.name, from, to: to.name, task: taskId }, `Task ${taskId} migrates ${vm.name}.`);
    return;
  }
  const task = requireSuccess(await followTask(session.client, taskId, output, onInterrupt));
  output.result(
    { vm: vm.name, from, to: to.name, task: task.id, ...task.migration },
    resultInWords(task, from, to.name),
  );
}

function resultInWords(task: Task, from: string, to: string): string {
  const result = task.migration;
  if (result === undefined) return task.outcome ?? task.title;
  return [
    task.outcome ?? `Moved from ${from} to ${to}.`,
    ...task.warnings.map((warning) => `! ${warning}`),
    `memory    ${bytesInWords(result.memoryBytes)} in ${result.rounds} rounds`,
    ...(result.diskBytes > 0 ? [`disks     ${bytesInWords(result.diskBytes)}`] : []),
    `downtime  ${measured(result.downtimeMs)}`,
    `transfer  ${measured(result.transferMs)}`,
    `total     ${millisecondsInWords(result.totalMs)}`,
    ...result.steps.map(
      (step) => `  ${step.step} ${step.station.padEnd(14)} ${millisecondsInWords(step.durationMs)}`,
    ),
  ].join('\n');
}

function measured(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'not measured' : millisecondsInWords(milliseconds);
}
