import type { Command } from 'commander';
import { byName } from '#shared/model/byName.ts';
import type { LiveState } from '#shared/model/live.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import { bytesInWords, millisecondsInWords } from '#shared/model/quantityWords.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { CommandContext, Run } from '../command.ts';
import { followTask, requireSuccess } from '../followTask.ts';
import { findHost, findVm, hostOf } from '../names.ts';
import { table } from '../output.ts';
import { parseBandwidth, parseDuration } from '../quantities.ts';
import { settledState } from '../session.ts';
import { requireSomebodyToGoOn } from '../vmOrders.ts';
import { lifecycleCommands } from './lifecycle.ts';

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

  vm.command('show')
    .description('everything Drover knows of one VM')
    .argument('<vm>', 'name, HOST/name or UUID')
    .action((name: string) =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client, terminal);
        const found = findVm(state, name, `Show VM ${name}`);
        output.result({ ...vmForPrograms(state, found), details: found }, describe(state, found));
      }),
    );

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

function vmForPrograms(state: LiveState, vm: Vm): Readonly<Record<string, unknown>> {
  return {
    name: vm.name,
    uuid: vm.uuid,
    host: hostOf(state, vm)?.name ?? vm.hostId,
    state: vm.state,
    reason: vm.reason,
    current: vm.current,
    vcpus: vm.vcpus,
    memoryMiB: vm.memoryMiB,
  };
}

function describe(state: LiveState, vm: Vm): string {
  const hostName = (id: string) => state.hosts.find((host) => host.id === id)?.name ?? id;
  const lines: readonly (readonly [string, string])[] = [
    ['name', vm.name],
    ['uuid', vm.uuid],
    ['host', hostName(vm.hostId)],
    ['state', `${vm.state} (${vm.reason})${vm.current ? '' : ', last known'}`],
    ['size', `${vm.vcpus} vCPUs, ${bytesInWords(vm.memoryMiB * 1_048_576)}`],
    ...(vm.guestSystem === undefined ? [] : [['system', vm.guestSystem] as const]),
    ['machine', `${vm.machine}, ${vm.domainType}`],
    ['autostart', vm.autostart ? 'on' : 'off'],
    ...vm.disks.map((disk): readonly [string, string] => [
      `disk ${disk.target}`,
      [disk.source ?? 'empty', ...disk.backingChain.map((layer) => `on ${layer.path}`)].join(' '),
    ]),
    ...vm.nics.map((nic): readonly [string, string] => ['nic', `${nic.mac} on ${nic.kind} ${nic.source}`]),
    ...vm.copies.map((copy): readonly [string, string] => [
      'copy',
      `${copy.role} on ${hostName(copy.hostId)}, ${copy.state}`,
    ]),
    ...(vm.heldBy === undefined ? [] : [['held by', vm.heldBy] as const]),
  ];
  return lines.map(([label, text]) => `${label.padEnd(10)} ${text}`).join('\n');
}
