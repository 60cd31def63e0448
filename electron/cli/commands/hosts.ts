import { resolve } from 'node:path';
import type { Command } from 'commander';
import { toDroverError } from '#shared/contract/client.ts';
import { byName } from '#shared/model/byName.ts';
import { allFindings, overallLevel, worstFirst } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { LiveState } from '#shared/model/live.ts';
import { answering } from '../answering.ts';
import type { Run } from '../command.ts';
import { clusterName, findHost } from '../names.ts';
import { type Output, table } from '../output.ts';
import { type Session, settledState } from '../session.ts';
import { hostStateInWords } from '../words.ts';
import { diagnosisForPrograms, diagnosisInWords, marks, summary } from './doctor.ts';

interface CredentialOptions {
  readonly key?: string;
  readonly acceptHostKey?: string;
}

interface AddOptions extends CredentialOptions {
  readonly cluster: string;
  readonly name?: string;
}

export function hostCommands(program: Command, run: Run): void {
  const host = program.command('host').description('the physical servers');

  host
    .command('add')
    .description('connect to a server and keep it')
    .argument('<address>', 'ssh://user@address[:port]')
    .requiredOption('--cluster <name>', 'its physical cluster; made if there is none of that name')
    .option('--key <file>', 'private key file')
    .option('--accept-host-key <fingerprint>', 'SHA256:... that the server must show')
    .option('--name <name>', 'what to call it; its own host name otherwise')
    .action((address: string, options: AddOptions) =>
      run(async ({ session, output, terminal }) => {
        const first = options.acceptHostKey === undefined ? {} : { acceptHostKey: options.acceptHostKey };
        const added = await answering({ address, first, terminal }, (answers) =>
          session.client.hosts.add({
            address,
            clusterName: options.cluster,
            ...(options.name === undefined ? {} : { name: options.name }),
            credentials: { ...answers, ...keyFileOf(options) },
          }),
        );
        const state = await session.client.live.snapshot();
        output.result(hostForPrograms(state, added), `${added.name} added to ${options.cluster}.`);
        if (!output.json) await tellDiagnosis(session, added, output);
      }),
    );

  host
    .command('list')
    .description('every host with its state')
    .action(() =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client, terminal);
        const hosts = byName(state.hosts);
        const rows = hosts.map((each) => [
          each.name,
          each.address,
          clusterName(state, each),
          hostStateInWords(each),
          String(state.vms.filter((vm) => vm.hostId === each.id).length),
        ]);
        output.result(
          hosts.map((each) => hostForPrograms(state, each)),
          rows.length === 0
            ? 'No hosts yet. Add one with "drover host add ssh://user@address --cluster NAME".'
            : table(['name', 'address', 'cluster', 'state', 'VMs'], rows),
        );
        for (const each of hosts) {
          const { connection } = each;
          if ('error' in connection) output.note(`${each.name}: ${connection.error.message}`);
        }
      }),
    );

  host
    .command('reconnect')
    .description('try a host again now, answering what it asks')
    .argument('<host>', 'name or id')
    .option('--key <file>', 'private key file')
    .option('--accept-host-key <fingerprint>', 'SHA256:... that the server must show')
    .action((name: string, options: CredentialOptions) =>
      run(async ({ session, output, terminal }) => {
        const state = await settledState(session.client);
        const found = findHost(state, name, `Reconnect host ${name}`);
        const { address } = found;
        const first = options.acceptHostKey === undefined ? {} : { acceptHostKey: options.acceptHostKey };
        await answering({ address, first, terminal }, (answers) =>
          session.client.hosts.reconnect({
            hostId: found.id,
            credentials: { ...answers, ...keyFileOf(options) },
          }),
        );
        const now = findHost(await session.client.live.snapshot(), found.id, `Reconnect host ${name}`);
        output.result(hostForPrograms(state, now), `${found.name} is connected.`);
      }),
    );

  host
    .command('doctor')
    .description('look a host over, and whether VMs could migrate to and from it')
    .argument('<host>', 'name or id')
    .action((name: string) =>
      run(async ({ session, output, terminal, fail }) => {
        const state = await settledState(session.client, terminal);
        const found = findHost(state, name, `Look host ${name} over`);
        output.status(`Looking ${found.name} over…`);
        const diagnosis = await session.client.hosts.diagnose({ hostId: found.id });
        output.result(
          diagnosisForPrograms(state, found, diagnosis),
          diagnosisInWords(state, found, diagnosis),
        );
        if (overallLevel(allFindings(diagnosis)) === 'blocking') fail();
      }),
    );

  host
    .command('remove')
    .description('forget a host; its VMs are not touched')
    .argument('<host>', 'name or id')
    .action((name: string) =>
      run(async ({ session, output }) => {
        const state = await session.client.live.snapshot();
        const found = findHost(state, name, `Remove host ${name}`);
        await session.client.hosts.remove({ hostId: found.id });
        output.result(
          { removed: found.name, id: found.id },
          `${found.name} removed. Its VMs were not touched.`,
        );
      }),
    );

  host
    .command('declare-dead')
    .description('say that a host is switched off and stays off, so that undecided tasks may resolve')
    .argument('<host>', 'name or id')
    .option('--take-back', 'it is not dead after all')
    .action((name: string, options: { readonly takeBack?: boolean }) =>
      run(async ({ session, output }) => {
        const state = await settledState(session.client);
        const found = findHost(state, name, `Declare host ${name} dead`);
        const dead = options.takeBack !== true;
        await session.client.hosts.declareDead({ hostId: found.id, dead });
        output.result(
          { name: found.name, declaredDead: dead },
          dead ? `${found.name} is taken for dead.` : `${found.name} is not taken for dead any more.`,
        );
      }),
    );
}

/** After a host was added: whatever is found, it stays added. */
async function tellDiagnosis({ client }: Session, added: Host, output: Output): Promise<void> {
  output.status(`Looking ${added.name} over…`);
  try {
    // The other hosts are still being connected where this command has just started.
    await settledState(client);
    const diagnosis = await client.hosts.diagnose({ hostId: added.id });
    output.note(summary(added, diagnosis));
    for (const { level, title } of worstFirst(allFindings(diagnosis)))
      if (level !== 'fine') output.note(`  ${marks[level]} ${title}`);
    if (overallLevel(allFindings(diagnosis)) !== 'fine')
      output.note(`Causes and what to do: drover host doctor ${added.name}`);
  } catch (thrown) {
    output.note(`It could not be looked over: ${toDroverError(thrown).message}`);
  }
}

function keyFileOf(options: CredentialOptions): { readonly keyFile?: string } {
  return options.key === undefined ? {} : { keyFile: resolve(options.key) };
}

function hostForPrograms(state: LiveState, host: Host): Readonly<Record<string, unknown>> {
  return {
    id: host.id,
    name: host.name,
    address: host.address,
    cluster: clusterName(state, host),
    state: host.connection.state,
    declaredDead: host.declaredDead,
    ...('error' in host.connection ? { error: host.connection.error } : {}),
    ...(host.capacity === undefined ? {} : { capacity: host.capacity }),
  };
}
