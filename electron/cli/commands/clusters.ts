import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DroverError } from '#shared/contract/errors.ts';
import { byName } from '#shared/model/byName.ts';
import { happeningInWords } from '#shared/model/happening.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import {
  builtInScenarios,
  type ClockJump,
  simulatedTime,
  type WorldFault,
} from '#shared/model/simulation.ts';
import type { CommandContext, Run } from '../command.ts';
import { findCluster, findHost, findVm } from '../names.ts';
import { table } from '../output.ts';
import { parseRate, parseSeed, parseStretch } from '../quantities.ts';
import { settledState } from '../session.ts';

interface AddOptions {
  readonly name?: string;
  readonly seed?: number;
  readonly rate?: number;
}

interface ClockOptions {
  readonly rate?: number;
  readonly pause?: boolean;
  readonly go?: boolean;
  readonly step?: number;
  readonly jump?: boolean;
}

const hostFaults = [
  'power-off',
  'power-on',
  'cut-link',
  'slow-link',
  'mend-link',
  'restart-libvirt',
] as const;
const switchFaults = ['cut-switch', 'slow-switch', 'mend-switch'] as const;
const vmFaults = { crash: 'crash-vm', hang: 'hang-vm', unhang: 'unhang-vm' } as const;
const faultNames = [...hostFaults, ...switchFaults, ...Object.keys(vmFaults)];

export function clusterCommands(program: Command, run: Run): void {
  const cluster = program
    .command('cluster')
    .description('hosts that are managed together, real or simulated');

  cluster
    .command('list')
    .description('every cluster with what is in it')
    .action(() =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client, terminal);
        const clusters = byName(state.clusters);
        output.result(
          clusters.map((each) => clusterForPrograms(state, each)),
          clusters.length === 0
            ? 'No clusters yet. Add a simulated one with "drover cluster add sim:two-servers", or a real host with "drover host add".'
            : table(
                ['name', 'kind', 'hosts', 'VMs', 'clock'],
                clusters.map((each) => [
                  each.name,
                  each.simulated ? `simulated: ${each.simulation?.scenario ?? ''}` : 'real',
                  String(state.hosts.filter((host) => host.clusterId === each.id).length),
                  String(state.vms.filter((vm) => vm.clusterId === each.id).length),
                  clockInWords(each),
                ]),
              ),
        );
        for (const { name, simulation } of clusters) {
          if (simulation?.error !== undefined) output.note(`${name}: ${simulation.error.message}`);
        }
      }),
    );

  cluster
    .command('add')
    .description(
      'a simulated cluster: of a scenario that is built in or your own, or one that another console keeps',
    )
    .argument(
      '<what>',
      `sim:SCENARIO (${builtInScenarios.map(({ name }) => name).join(', ')}), sim:FILE.yaml of one's own, or sim:/FOLDER of a world to join`,
    )
    .option('--name <name>', "what to call it; the scenario's title otherwise")
    .option('--seed <number>', 'the same number gives the same world', parseSeed)
    .option('--rate <times>', 'simulated seconds for each real one, 1 to 600', parseRate)
    .action((what: string, options: AddOptions) => run((context) => add(context, what, options)));

  cluster
    .command('remove')
    .description('forget a cluster with its hosts; a simulated one that was made here ends')
    .argument('<cluster>', 'name or id')
    .action((name: string) =>
      run(async ({ session, output }) => {
        const state = await session.client.live.snapshot();
        const found = findCluster(state, name, `Remove cluster ${name}`);
        await session.client.clusters.remove({ clusterId: found.id });
        output.result(
          { removed: found.name, id: found.id },
          found.simulated
            ? `${found.name} removed.`
            : `${found.name} removed. Its hosts and VMs were not touched.`,
        );
      }),
    );

  cluster
    .command('clock')
    .description("a simulated cluster's clock; without an option, what it shows")
    .argument('<cluster>', 'name or id')
    .option('--rate <times>', 'simulated seconds for each real one, 1 to 600', parseRate)
    .addOption(new Option('--pause', 'let it stand').conflicts('go'))
    .option('--go', 'let it run on')
    .option('--step <duration>', 'run a paused one on by so much, such as 30s or 10min', parseStretch)
    .addOption(new Option('--jump', 'run it on to its next event, at most a day').conflicts('step'))
    .action((name: string, options: ClockOptions) => run((context) => clock(context, name, options)));

  cluster
    .command('break')
    .description('break or mend something in a simulated cluster')
    .argument('<cluster>', 'name or id')
    .argument('<what>', faultNames.join(', '))
    .argument(
      '<target>',
      'the host; for crash, hang and unhang the VM, and the switch by its name in the scenario',
    )
    .option(
      '--rate <megabits>',
      'of slow-link and slow-switch: what the link carries then, Mbit/s',
      parseMegabits,
    )
    .action((name: string, what: string, target: string, options: { readonly rate?: number }) =>
      run((context) => breakSomething(context, { name, what, target, rate: options.rate })),
    );

  cluster
    .command('revive')
    .description("start a simulated cluster's world again, from where it was last kept")
    .argument('<cluster>', 'name or id')
    .action((name: string) =>
      run(async ({ session, output }) => {
        const found = findCluster(
          await session.client.live.snapshot(),
          name,
          `Start the world of ${name} again`,
        );
        await session.client.clusters.revive({ clusterId: found.id });
        await told(session.client, found, `The world of ${found.name} runs.`, output);
      }),
    );
}

/** More hosts than these are only counted. */
const mostNamed = 4;

async function add(context: CommandContext, what: string, options: AddOptions): Promise<void> {
  const { session, output } = context;
  const tried = `Add the cluster ${what}`;
  const wanted = /^sim:(.+)$/.exec(what)?.[1];
  if (wanted === undefined) {
    throw new DroverError({
      code: 'input-unusable',
      tried,
      cause: 'only simulated clusters are added whole',
      next: 'Write sim:two-servers; a real cluster comes with its first host: "drover host add ssh://user@address --cluster NAME"',
    });
  }
  const isFile = /\.ya?ml$/i.test(wanted);
  const isFolder = !isFile && /[/\\]/.test(wanted);
  const added = await session.client.clusters.addSimulated({
    scenario: isFolder ? 'joined' : isFile ? basename(wanted) : wanted,
    ...(isFile ? { file: resolve(wanted) } : {}),
    ...(isFolder ? { folder: resolve(wanted) } : {}),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  if (options.rate !== undefined) {
    await session.client.clusters.setClock({ clusterId: added.id, rate: options.rate });
  }
  const { hosts } = await session.client.live.snapshot();
  const names = byName(hosts.filter((host) => host.clusterId === added.id)).map(({ name }) => name);
  await told(
    session.client,
    added,
    `${added.name} added: ${names.length > mostNamed ? `${names.length} hosts` : names.join(' and ')}, simulated. It runs on by itself; "drover vm list" shows its VMs.`,
    output,
  );
}

async function clock(context: CommandContext, name: string, options: ClockOptions): Promise<void> {
  const { session, output, terminal } = context;
  const state = await settledState(session.client, terminal);
  const { id: clusterId, ...found } = findCluster(state, name, `Set the clock of ${name}`);
  const { clusters } = session.client;
  const paused = options.pause === true ? true : options.go === true ? false : undefined;
  if (options.rate !== undefined || paused !== undefined) {
    await clusters.setClock({
      clusterId,
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      ...(paused === undefined ? {} : { paused }),
    });
  }
  if (options.step !== undefined) await clusters.step({ clusterId, milliseconds: options.step });
  if (options.jump === true) {
    const jump = await clusters.jump({ clusterId });
    output.result({ cluster: found.name, ...jump }, `${found.name}: ${jumpInWords(jump)}`);
    return;
  }
  await told(session.client, { id: clusterId, ...found }, undefined, output);
}

async function breakSomething(
  context: CommandContext,
  asked: {
    readonly name: string;
    readonly what: string;
    readonly target: string;
    readonly rate: number | undefined;
  },
): Promise<void> {
  const { session, output, terminal } = context;
  const { name, what, target } = asked;
  const state = await settledState(session.client, terminal);
  const cluster = findCluster(state, name, `Break something in ${name}`);
  const fault = faultOf(within(state, cluster), asked);
  await session.client.clusters.fault({ clusterId: cluster.id, fault });
  output.result({ cluster: cluster.name, ...fault }, `Done in ${cluster.name}: ${what} ${target}.`);
}

function faultOf(
  state: LiveState,
  {
    what,
    target,
    rate,
  }: { readonly what: string; readonly target: string; readonly rate: number | undefined },
): WorldFault {
  const tried = `Break something: ${what} ${target}`;
  const vmFault = Object.entries(vmFaults).find(([word]) => word === what)?.[1];
  if (vmFault !== undefined) {
    const vm = findVm(state, target, tried);
    return { kind: vmFault, host: worldName(state, vm.hostId), uuid: vm.uuid };
  }
  const switchFault = switchFaults.find((word) => word === what);
  if (switchFault === 'slow-switch') {
    return { kind: switchFault, switch: target, rateBitsPerSecond: bitsPerSecond(tried, rate) };
  }
  if (switchFault !== undefined) return { kind: switchFault, switch: target };
  const kind = hostFaults.find((word) => word === what);
  if (kind === undefined) {
    throw new DroverError({
      code: 'input-unusable',
      tried,
      cause: `there is no such thing as ${what}`,
      next: `Choose one of: ${faultNames.join(', ')}`,
    });
  }
  const host = worldName(state, findHost(state, target, tried).id);
  return kind === 'slow-link'
    ? { kind, host, rateBitsPerSecond: bitsPerSecond(tried, rate) }
    : { kind, host };
}

function bitsPerSecond(tried: string, megabits: number | undefined): number {
  if (megabits !== undefined) return megabits * 1_000_000;
  throw new DroverError({
    code: 'input-unusable',
    tried,
    cause: 'it does not say how slow',
    next: 'Give --rate, in Mbit/s',
  });
}

/** A world knows its hosts by the last part of their addresses. */
function worldName(state: LiveState, hostId: string): string {
  const address = state.hosts.find((host) => host.id === hostId)?.address ?? '';
  return decodeURIComponent(address.slice(address.lastIndexOf('/') + 1));
}

/** What belongs to one cluster, so that a name need not be unique among all. */
function within(state: LiveState, { id }: PhysicalCluster): LiveState {
  return {
    ...state,
    hosts: state.hosts.filter((host) => host.clusterId === id),
    vms: state.vms.filter((vm) => vm.clusterId === id),
  };
}

async function told(
  client: CommandContext['session']['client'],
  cluster: PhysicalCluster,
  text: string | undefined,
  output: CommandContext['output'],
): Promise<void> {
  const state = await client.live.snapshot();
  const now = state.clusters.find((each) => each.id === cluster.id) ?? cluster;
  output.result(clusterForPrograms(state, now), text ?? `${now.name}: ${clockInWords(now)}.`);
}

/** More of one moment are only counted. */
const mostInWords = 8;

function jumpInWords({ at, happenings, more }: ClockJump): string {
  const said = happenings.slice(0, mostInWords).map((each) => `  ${happeningInWords(each)}`);
  const others = happenings.length - said.length + more;
  if (others > 0) said.push(`  and ${others} more`);
  return [`${timeInWords(at)}${said.length === 0 ? ', and nothing has happened' : ''}`, ...said].join('\n');
}

function timeInWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function clockInWords({ simulated, simulation }: PhysicalCluster): string {
  if (!simulated) return 'real time';
  const at = simulation === undefined ? undefined : simulatedTime(simulation, Date.now());
  const clock = simulation?.status?.clock;
  if (simulation?.standing !== 'running') return simulation?.standing ?? 'starting';
  if (at === undefined || clock === undefined) return 'running';
  return `${timeInWords(at)}, ${clock.paused ? 'paused' : 'running'} at x${clock.chosenRate}`;
}

function clusterForPrograms(state: LiveState, cluster: PhysicalCluster): Readonly<Record<string, unknown>> {
  const { hosts, vms } = within(state, cluster);
  return {
    ...cluster,
    hosts: byName(hosts).map(({ name }) => name),
    vms: byName(vms).map(({ name }) => name),
  };
}

function parseMegabits(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate >= 0.1) return rate;
  throw new InvalidArgumentError('write Mbit/s as a number from 0.1 on, such as 100.');
}
